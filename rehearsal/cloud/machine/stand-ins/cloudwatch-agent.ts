import { existsSync } from "node:fs";
import { addConfiguration, cloudWatchAgentUnit, removeConfigurations } from "../cloudwatch-agent-files";
import { MissingValue, readOptions, UnknownOption } from "./options";
import { installedPackages } from "./packages";
import type { StandIn, StandInMachine } from "./stand-in";
import { ask, start, stop } from "./systemctl";

type Action = (machine: StandInMachine, config: string | undefined) => number | Promise<number>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Agent-commandline-fleet.html */
const actions: Readonly<Record<string, Action>> = {
  "fetch-config"(machine, config) {
    removeConfigurations(machine.root);
    return add(machine, config);
  },
  "append-config": add,
  "remove-config"(machine) {
    removeConfigurations(machine.root);
    return 0;
  },
  start: (machine) => start(cloudWatchAgentUnit, machine),
  stop: (machine) => stop(cloudWatchAgentUnit, machine),
  async status(machine) {
    const { state } = await ask("state", cloudWatchAgentUnit, machine);
    machine.out(`{ "status": "${state === "active" ? "running" : "stopped"}" }\n`);
    return 0;
  },
};

/** The control program of the agent: keeps its configuration, and starts and stops it. */
export const cloudWatchAgent: StandIn = async (arguments_, machine) => {
  if (!installedPackages(machine.root).includes("amazon-cloudwatch-agent")) {
    machine.err("amazon-cloudwatch-agent-ctl: command not found\n");
    return 127;
  }
  try {
    const { given } = readOptions(arguments_, {
      "-a": { name: "action", value: true },
      "-m": { name: "mode", value: true },
      "-c": { name: "config", value: true },
      "-o": { name: "otel-config", value: true },
      "-s": { name: "start" },
    });
    const action = actions[given.get("action") ?? ""];
    if (!action) {
      machine.err(`unknown action: ${given.get("action") ?? ""}\n`);
      return 1;
    }
    const code = await action(machine, given.get("config"));
    return code === 0 && given.has("start") ? start(cloudWatchAgentUnit, machine) : code;
  } catch (error) {
    if (!(error instanceof UnknownOption || error instanceof MissingValue)) throw error;
    machine.err(`amazon-cloudwatch-agent-ctl: bad option ${error.message}\n`);
    return 1;
  }
};

function add(machine: StandInMachine, config: string | undefined): number {
  const file = machine.paths.inRoot(config?.replace(/^file:/, "") ?? "");
  if (!config?.startsWith("file:") || !existsSync(file)) {
    machine.err(`Unable to read the configuration ${config ?? ""}: no such file or directory\n`);
    return 1;
  }
  try {
    addConfiguration(machine.root, file);
    return 0;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    machine.err(`The configuration ${config} is no JSON: ${error.message}\n`);
    return 1;
  }
}

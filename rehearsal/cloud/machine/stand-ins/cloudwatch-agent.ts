import { existsSync } from "node:fs";
import { installedPackages } from "./packages";
import { MissingValue, readOptions, UnknownOption } from "./options";
import type { StandIn } from "./stand-in";

const actions = ["fetch-config", "append-config", "remove-config", "start", "stop", "status"];

/** Checks what the agent is asked to do; there is nothing to collect here. */
export const cloudWatchAgent: StandIn = (arguments_, machine) => {
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
    const action = given.get("action");
    if (!action || !actions.includes(action)) {
      machine.err(`unknown action: ${action ?? ""}\n`);
      return 1;
    }
    const config = given.get("config");
    if (config?.startsWith("file:") && !existsSync(machine.paths.inRoot(config.slice("file:".length)))) {
      machine.err(`Unable to read the configuration ${config}: no such file or directory\n`);
      return 1;
    }
    if (action === "status") machine.out(`{ "status": "stopped", "configstatus": "not configured" }\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UnknownOption || error instanceof MissingValue)) throw error;
    machine.err(`amazon-cloudwatch-agent-ctl: bad option ${error.message}\n`);
    return 1;
  }
};

import { appendFileSync } from "node:fs";
import { machineFiles, type StandInRequest } from "../machine-files";
import { MachinePaths } from "../machine-paths";
import { getent, groupadd, id, useradd, usermod } from "./accounts-tools";
import { cloudWatchAgent } from "./cloudwatch-agent";
import { dnf } from "./dnf";
import { chgrp, chown, stat } from "./owner-tools";
import { rpm } from "./rpm";
import { sha256sum } from "./sha256sum";
import type { StandIn } from "./stand-in";
import { journalctl, systemctl } from "./systemctl";

/** The program behind every stand-in on a machine's PATH: `main <tool> <arguments…>`. */
const standIns: Readonly<Record<string, StandIn>> = {
  "amazon-cloudwatch-agent-ctl": cloudWatchAgent,
  chgrp,
  chown,
  dnf,
  getent,
  groupadd,
  id,
  journalctl,
  rpm,
  sha256sum,
  stat,
  systemctl,
  useradd,
  usermod,
  yum: dnf,
};

async function main(): Promise<void> {
  const [tool = "", ...arguments_] = process.argv.slice(2);
  const standIn = standIns[tool];
  const root = process.env.MACHINE_ROOT;
  if (!standIn || !root) throw new Error(`no stand-in for ${tool}, or MACHINE_ROOT is not set`);
  const paths = new MachinePaths(root);
  const exitCode = await standIn(arguments_, {
    root,
    paths,
    manager: process.env.MACHINE_MANAGER || undefined,
    logs: process.env.MACHINE_LOGS || undefined,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  });
  const request: StandInRequest = {
    tool,
    arguments: arguments_.map((word) => paths.outOfMachine(word)),
    exitCode,
  };
  appendFileSync(machineFiles.requests(root), `${JSON.stringify(request)}\n`);
  process.exitCode = exitCode;
}

void main();

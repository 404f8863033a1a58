import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { wantsLink } from "./units";

/**
 * Services that packages of the distribution bring. Their programs need the real operating system, so these only start; what
 * they do on an instance is done by `instances/agents.ts` as long as they are active.
 */
const descriptions: Readonly<Record<string, string>> = {
  "amazon-cloudwatch-agent": "Amazon CloudWatch Agent",
  "amazon-ssm-agent": "Agent of AWS Systems Manager",
  rsyslog: "System logging service",
};

/** Writes the unit that a package brings, if it brings one. */
export function writePackageUnit(root: string, packageName: string): void {
  const description = descriptions[packageName];
  if (!description) return;
  const file = join(root, "usr/lib/systemd/system", `${packageName}.service`);
  mkdirSync(dirname(file), { recursive: true });
  const service = "Type=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/true";
  writeFileSync(
    file,
    `[Unit]\nDescription=${description}\n\n[Service]\n${service}\n\n[Install]\nWantedBy=multi-user.target\n`,
  );
}

/** Enables the unit of a package that Amazon Linux starts at boot by itself. */
export function enablePackageUnit(root: string, packageName: string): void {
  const unit = `${packageName}.service`;
  const link = wantsLink(root, "multi-user.target", unit);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, "usr/lib/systemd/system", unit), link);
}

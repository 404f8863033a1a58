import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { machineFiles } from "../machine-files";
import { writePackageUnit } from "../package-units";

export function installedPackages(root: string): string[] {
  const file = machineFiles.packages(root);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as string[]) : [];
}

export function savePackages(root: string, names: readonly string[]): void {
  writeFileSync(machineFiles.packages(root), JSON.stringify([...new Set(names)].sort()));
}

/** Java of Amazon Linux 2023. https://docs.aws.amazon.com/linux/al2023/ug/java.html */
const corretto = /^java-(1\.8\.0|11|17|21|22|23|24|25)-amazon-corretto(-devel|-headless|-javadoc|-jmods)?$/;
const packageName = /^[A-Za-z0-9][A-Za-z0-9+._-]*$/;

/** Could a repository of the distribution have this package? Only Java, which our images live on, is known by name. */
export function mayExist(name: string): boolean {
  return packageName.test(name) && (!name.startsWith("java-") || corretto.test(name));
}

/** Leaves in the image what a package's commands are found by afterwards. */
export function unpack(root: string, name: string): void {
  writePackageUnit(root, name);
  if (corretto.test(name)) writeMark(join(root, "usr/bin/java"), `the host's Java stands for ${name}\n`);
  if (name === "amazon-cloudwatch-agent")
    // by name: another machine of this image has its tools elsewhere
    writeProgram(
      join(root, "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"),
      '#!/bin/sh\nexec amazon-cloudwatch-agent-ctl "$@"\n',
    );
}

function writeProgram(path: string, text: string): void {
  writeMark(path, text);
  chmodSync(path, 0o755);
}

function writeMark(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

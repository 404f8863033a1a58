import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { machineFiles } from "./machine-files";
import { enablePackageUnit, writePackageUnit } from "./package-units";
import { MachinePaths } from "./machine-paths";

const folders = [
  "etc/systemd/system",
  "home/ec2-user",
  "opt/aws",
  "root",
  "run",
  "srv",
  "tmp",
  "usr/bin",
  "usr/local/bin",
  "usr/lib/systemd/system",
  "var/lib",
  "var/log",
  "var/tmp",
];

const files: Readonly<Record<string, string>> = {
  "etc/os-release": `NAME="Amazon Linux"
VERSION="2023"
ID="amzn"
ID_LIKE="fedora"
VERSION_ID="2023"
PLATFORM_ID="platform:al2023"
PRETTY_NAME="Amazon Linux 2023"
`,
  "etc/passwd": `root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin
ec2-user:x:1000:1000:EC2 Default User:/home/ec2-user:/bin/bash
`,
  "etc/group": `root:x:0:
bin:x:1:
daemon:x:2:
wheel:x:10:ec2-user
nobody:x:65534:
ec2-user:x:1000:
`,
  "etc/hostname": "localhost\n",
  "etc/hosts": "127.0.0.1   localhost localhost.localdomain\n",
};

const packages = [
  "amazon-linux-repo-s3",
  "amazon-ssm-agent",
  "bash",
  "coreutils",
  "curl-minimal",
  "dnf",
  "python3",
  "systemd",
];

/** Writes what our machines need of Amazon Linux 2023 before anything is installed. */
export async function writeBaseImage(root: string): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  const paths = new MachinePaths(root);
  for (const [name, content] of Object.entries(files))
    await writeFile(join(root, name), paths.intoMachine(content));
  await mkdir(dirname(machineFiles.packages(root)), { recursive: true });
  await writeFile(machineFiles.packages(root), JSON.stringify(packages));
  writePackageUnit(root, "amazon-ssm-agent");
  enablePackageUnit(root, "amazon-ssm-agent");
}

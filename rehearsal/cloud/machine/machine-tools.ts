import { buildSync } from "esbuild";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** What the tools of one machine are told about it. */
export interface ToolSettings {
  /** Folder of the tools; put first on the machine's PATH. */
  readonly folder: string;
  readonly root: string;
  /** Loopback port that stands for port 8080. */
  readonly port: number;
  readonly metadataEndpoint: string;
  /** URL of the machine's service manager. */
  readonly manager: string;
  /** Folder of the units' logs. */
  readonly logs: string;
}

const standIns = [
  "amazon-cloudwatch-agent-ctl",
  "chgrp",
  "chown",
  "dnf",
  "getent",
  "groupadd",
  "id",
  "journalctl",
  "rpm",
  "stat",
  "systemctl",
  "useradd",
  "usermod",
  "yum",
];

let program: string | undefined;

/** Writes the commands that a machine has instead of the host's: they act on its root, need no rights, and keep a record. */
export async function installTools(settings: ToolSettings): Promise<void> {
  const { folder } = settings;
  await mkdir(folder, { recursive: true });
  const file = join(folder, "stand-ins.cjs");
  await writeFile(file, (program ??= compile()));
  const missing = onHost("sha256sum") ? [] : ["sha256sum"];
  for (const tool of [...standIns, ...missing])
    await executable(join(folder, tool), standIn(tool, file, settings));
  await executable(join(folder, "curl"), curl(settings));
  await executable(join(folder, "java"), java(settings));
}

export function onHost(tool: string): string | undefined {
  const folders = [
    ...(tool === "java" && process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, "bin")] : []),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.map((folder) => join(folder, tool)).find((path) => existsSync(path));
}

function compile(): string {
  const result = buildSync({
    entryPoints: [join(process.cwd(), "rehearsal/cloud/machine/stand-ins/main.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
  });
  return result.outputFiles[0]!.text;
}

const standIn = (tool: string, file: string, settings: ToolSettings): string => `#!/bin/sh
export MACHINE_ROOT=${quote(settings.root)} MACHINE_MANAGER=${quote(settings.manager)}
export MACHINE_LOGS=${quote(settings.logs)}
exec ${quote(process.execPath)} ${quote(file)} ${tool} "$@"
`;

/** The machine's port 8080 and its metadata service are elsewhere on the host. */
const curl = ({ port, metadataEndpoint }: ToolSettings): string => `#!/bin/sh
for argument in "$@"; do
  shift
  set -- "$@" "$(printf '%s' "$argument" | sed \\
    -e 's#^\\(http://\\)\\{0,1\\}127\\.0\\.0\\.1:8080#http://127.0.0.1:${port}#' \\
    -e 's#^\\(http://\\)\\{0,1\\}localhost:8080#http://127.0.0.1:${port}#' \\
    -e 's#^\\(http://\\)\\{0,1\\}169\\.254\\.169\\.254#${metadataEndpoint}#')"
done
exec ${quote(onHost("curl") ?? "/usr/bin/curl")} "$@"
`;

/** The host's Java, once a package has brought it into the image. */
const java = ({ root }: ToolSettings): string => `#!/bin/sh
if [ ! -e ${quote(join(root, "usr/bin/java"))} ]; then
  echo "java: command not found" >&2
  exit 127
fi
exec ${quote(onHost("java") ?? "java")} "$@"
`;

async function executable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

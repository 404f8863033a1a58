import { mkdirSync, realpathSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../free-port";
import type { Machine, MachineSettings } from "./machine";
import { MachinePaths } from "./machine-paths";
import { installTools } from "./machine-tools";
import { relocate } from "./relocate";
import { ServiceManager } from "./service-manager";

/** A machine that also tells how a command is run on it. */
export interface BootedMachine extends Machine {
  readonly paths: MachinePaths;
  /** Environment of a process on the machine; nothing of the host's but its PATH. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * For a fleet on a laptop: quick to start and small, where the instance's own settings mean a server with 2 GB.
 * The JVM reads them besides the unit's own arguments, which win. It does not heed TMPDIR, and keeps performance data
 * below /tmp: both would be left on the host by a JVM that is killed.
 */
const javaOptions = (temporary: string): string =>
  `-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -Xshare:auto -XX:-UsePerfData -Djava.io.tmpdir=${temporary}`;

/**
 * Starts a machine from a root directory: every enabled systemd service becomes a process tree of ours, on a loopback
 * port. It ends by itself, by `shutDown` or `kill`, or when the signal is aborted.
 */
export async function bootMachine(settings: MachineSettings, signal: AbortSignal): Promise<BootedMachine> {
  const root = realpathSync(settings.root);
  const logs = join(settings.directory, "logs");
  const tools = join(settings.directory, "tools");
  mkdirSync(logs, { recursive: true });
  await relocate(root);
  const paths = new MachinePaths(root);
  const port = await freePort();

  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let booted = false;
  const manager = new ServiceManager(paths, logs, () => {
    if (booted && !manager.running()) end();
  });
  const managerUrl = await manager.listen();
  const { metadataEndpoint } = settings;
  await installTools({ folder: tools, root, port, metadataEndpoint, manager: managerUrl, logs });
  const temporary = join(root, "tmp");
  const environment = {
    PATH: `${tools}:${join(root, "usr/local/bin")}:${process.env.PATH ?? "/usr/bin:/bin"}`,
    HOME: join(root, "root"),
    USER: "root",
    LANG: "C.UTF-8",
    TMPDIR: temporary,
    HOSTNAME: settings.instanceId,
    SERVER_PORT: String(port),
    SERVER_ADDRESS: "127.0.0.1",
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataEndpoint,
    JAVA_TOOL_OPTIONS: javaOptions(temporary),
  };
  manager.environment = environment;

  const kill = (): void => void manager.kill().then(end);
  signal.addEventListener("abort", kill, { once: true });
  const services = await manager.boot();
  booted = true;
  if (signal.aborted) kill();
  // a machine whose services all failed at once has ended; one without services lives until it is shut down
  else if (services > 0 && !manager.running()) end();
  await appendFile(join(logs, "boot.log"), `booted on port ${port} with ${services} services\n`);

  return {
    instanceId: settings.instanceId,
    root,
    logs,
    port,
    ended,
    paths,
    environment,
    running: () => manager.running(),
    isActive: (unit) => manager.isActive(unit),
    async shutDown() {
      await manager.shutDown();
      signal.removeEventListener("abort", kill);
      end();
    },
    kill() {
      signal.removeEventListener("abort", kill);
      kill();
    },
  };
}

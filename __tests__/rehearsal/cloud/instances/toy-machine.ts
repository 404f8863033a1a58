import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Machine, MachineSettings } from "../../../../rehearsal/cloud/machine/machine";

/** What the machine does is in its root's name: `v1`, `v2-never-ready`, `v2-broken`, `v2-starts-in-3000` (milliseconds). */
const service = `
  const http = require("node:http");
  const root = process.env.ROOT;
  const startsAt = Date.now() + Number(/starts-in-(\\d+)/.exec(root)?.[1] ?? 0);
  const server = http.createServer((request, response) => {
    if (Date.now() < startsAt) return void request.socket.destroy();
    if (request.url === "/health") response.statusCode = root.includes("never-ready") ? 503 : 200;
    else if (root.includes("broken")) response.statusCode = 500;
    else if (request.url === "/slow") return void setTimeout(() => response.end(root), 400);
    response.end(root);
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
  process.on("SIGTERM", () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
`;

/** A machine that is one process of Node with a web service. */
export async function bootToyMachine(settings: MachineSettings): Promise<Machine> {
  const child = spawn(process.execPath, ["-e", service], {
    env: { ROOT: settings.root },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(() => undefined);
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    instanceId: settings.instanceId,
    root: settings.root,
    logs: settings.directory,
    isActive: () => false,
    port: Number(line.toString()),
    ended,
    running,
    async shutDown() {
      child.kill("SIGTERM");
      const patience = setTimeout(() => child.kill("SIGKILL"), 3000);
      await ended;
      clearTimeout(patience);
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

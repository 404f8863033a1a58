import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Authorize } from "../api/dispatch";
import type { Call } from "../api/service";
import { ServiceError } from "../api/service-error";
import { gitEnvironment } from "./git";
import { onRepository } from "./permissions";
import type { ReferenceChanges } from "./reference-changes";
import type { RepositoryRecord, RepositoryStore } from "./store";

/** Serves one git request of an authenticated caller, to its end. */
export type HandleGit = (
  request: IncomingMessage,
  response: ServerResponse,
  call: Call,
  authorize: Authorize,
) => Promise<void>;

type GitService = "git-upload-pack" | "git-receive-pack";

interface GitRequest {
  readonly repositoryName: string;
  readonly service: GitService;
  readonly advertise: boolean;
}

/** git's smart HTTP protocol below /v1/repos/<name>. https://git-scm.com/docs/http-protocol */
export function gitOverHttp(
  store: RepositoryStore,
  references: ReferenceChanges,
  signal: AbortSignal,
): HandleGit {
  return async (request, response, call, authorize) => {
    const asked = parse(request);
    if (!asked) return refuse(response, 404, "not a git smart HTTP request");
    const { repositoryName, service, advertise } = asked;
    try {
      const operation = service === "git-receive-pack" ? "GitPush" : "GitPull";
      for (const permission of onRepository(store, operation, repositoryName))
        await authorize(call, permission);
      const repository = store.get(repositoryName);
      const serve = (): Promise<void> => exchange(request, response, repository, service, advertise, signal);
      // the references are compared around a push; fetches need not wait for one another
      if (service === "git-receive-pack" && !advertise)
        await references.watch(repository, call.caller, serve);
      else await serve();
      response.end(); // only now: who has seen a push end may count on its events
    } catch (error) {
      if (response.headersSent || !(error instanceof ServiceError)) response.destroy();
      else refuse(response, error.code === "RepositoryDoesNotExistException" ? 404 : 403, error.message);
    }
  };
}

function parse(request: IncomingMessage): GitRequest | undefined {
  const url = new URL(request.url ?? "/", "http://localhost");
  // the names that a repository can have are never percent-encoded
  const [, name, rest] = /^\/v1\/repos\/([\w.-]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (!name) return undefined;
  const advertised = url.searchParams.get("service");
  if (request.method === "GET" && rest === "info/refs" && isService(advertised))
    return { repositoryName: name, service: advertised, advertise: true };
  if (request.method === "POST" && isService(rest))
    return { repositoryName: name, service: rest, advertise: false };
  return undefined;
}

const isService = (name: string | null | undefined): name is GitService =>
  name === "git-upload-pack" || name === "git-receive-pack";

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  repository: RepositoryRecord,
  service: GitService,
  advertise: boolean,
  signal: AbortSignal,
): Promise<void> {
  const protocol = request.headers["git-protocol"];
  const child = spawn(
    "git",
    [
      service.slice("git-".length),
      "--stateless-rpc",
      ...(advertise ? ["--advertise-refs"] : []),
      repository.bare.directory,
    ],
    {
      env: { ...gitEnvironment(), ...(typeof protocol === "string" ? { GIT_PROTOCOL: protocol } : {}) },
      stdio: ["pipe", "pipe", "ignore"],
      signal,
    },
  );
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve());
  });
  ended.catch(() => undefined);
  response.on("close", () => child.kill());
  response.writeHead(200, {
    "content-type": `application/x-${service}-${advertise ? "advertisement" : "result"}`,
    "cache-control": "no-cache",
  });
  if (advertise) response.write(packet(`# service=${service}\n`) + "0000");
  const input = request.headers["content-encoding"] === "gzip" ? request.pipe(createGunzip()) : request;
  // git may end before it has read everything: what it has answered then says why
  const sent = pipeline(input, child.stdin).catch(() => undefined);
  await pipeline(child.stdout, response, { end: false });
  await Promise.all([sent, ended]);
}

/** A line of git's protocol: its length in four hexadecimal digits, and itself. */
const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, "0") + line;

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain" }).end(`${message}\n`);
}

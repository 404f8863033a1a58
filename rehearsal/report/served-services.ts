import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Service } from "../cloud/api/service";
import type { Backend, Cloud } from "../cloud/cloud";
import { paces } from "../cloud/pace";
import { assembleParts } from "../cloud/parts";

/**
 * The services that the gateway serves itself, put together exactly as for a rehearsal but on a cloud that has ended
 * already: nothing is started, listened on or asked.
 */
export async function servedServices(): Promise<readonly Service[]> {
  const directory = mkdtempSync(join(tmpdir(), "served-services-"));
  try {
    const authorizer = { authorize: unused("authorize"), authorizeRole: unused("authorizeRole") };
    const { parts } = assembleParts(endedCloud(directory), authorizer, paces.rehearsal);
    await Promise.all(parts.map((part) => part.close?.()));
    return parts.flatMap(({ services }) => services);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function endedCloud(directory: string): Cloud {
  return {
    accountId: "111122223333",
    region: "eu-west-1",
    partition: "aws",
    endpoint: "http://127.0.0.1:1",
    directory,
    cacheDirectory: directory,
    backend: {} as Backend,
    clientOptions: unused("clientOptions"),
    assumeRole: unused("assumeRole"),
    assumeRoleAs: unused("assumeRoleAs"),
    emit: unused("emit"),
    log: () => undefined,
    signal: AbortSignal.abort(),
  };
}

function unused(name: string): () => never {
  return () => {
    throw new Error(`${name} was called while the services were only listed`);
  };
}

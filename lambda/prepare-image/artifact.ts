import { createHash } from "node:crypto";
import { unzipSync, type Unzipped } from "fflate";
import { artifactPaths } from "../../contract/component";
import { jobFailed } from "../shared/action-failure";

/** What the function's memory holds without trouble, and far more than a Spring Boot application needs. */
export const artifactLimits = { archiveBytes: 200_000_000, jarBytes: 250_000_000 } as const;
/** Image Builder's limit for a component document that is given inline. */
export const componentCharacters = 16_000;

/** A build's artifact, checked. */
export interface Artifact {
  readonly sha256: string;
  /** image/component.yml */
  readonly component: string;
}

/** @throws ActionFailure that names what is wrong with the archive */
export function readArtifact(archive: Uint8Array, source: string, jarSha256: string): Artifact {
  const files = unzip(archive, source);
  const jar = files[artifactPaths.jar];
  if (!jar) throw jobFailed(`${artifactPaths.jar} is missing in the artifact ${source}`);
  const document = files[artifactPaths.component];
  if (!document) throw jobFailed(`${artifactPaths.component} is missing in the artifact ${source}`);
  const actual = sha256(jar);
  if (actual !== jarSha256.toLowerCase())
    throw jobFailed(
      `${artifactPaths.jar} in the artifact ${source} is not the one that was built: its SHA-256 is ${actual}, the build's was ${jarSha256}`,
    );
  return { sha256: sha256(archive), component: readComponent(document, source) };
}

function readComponent(document: Uint8Array, source: string): string {
  const where = `${artifactPaths.component} in the artifact ${source}`;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(document);
  } catch {
    throw jobFailed(`${where} is no UTF-8 text`);
  }
  if (text.trim() === "") throw jobFailed(`${where} is empty`);
  if (text.includes("\0")) throw jobFailed(`${where} holds a NUL character, which Image Builder refuses`);
  if (text.length > componentCharacters)
    throw jobFailed(
      `${where} has ${text.length} characters; Image Builder takes up to ${componentCharacters}`,
    );
  return text;
}

/** Unpacks the two files that are needed, and nothing else. */
function unzip(archive: Uint8Array, source: string): Unzipped {
  const wanted: Readonly<Record<string, number>> = {
    [artifactPaths.jar]: artifactLimits.jarBytes,
    // a UTF-8 character has four bytes at most
    [artifactPaths.component]: componentCharacters * 4,
  };
  const seen = new Set<string>();
  const problems: string[] = [];
  let files: Unzipped;
  try {
    files = unzipSync(archive, {
      filter({ name, originalSize }) {
        const limit = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
        if (limit === undefined) return false;
        if (seen.has(name)) problems.push(`holds ${name} twice`);
        if (originalSize > limit)
          problems.push(`unpacks ${name} to ${originalSize} bytes; allowed: ${limit}`);
        seen.add(name);
        return originalSize <= limit;
      },
    });
  } catch (error) {
    throw jobFailed(`the artifact ${source} is no zip archive that can be read: ${(error as Error).message}`);
  }
  if (problems.length > 0) throw jobFailed(`the artifact ${source} ${problems.join(", ")}`);
  return files;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import { randomBytes } from "node:crypto";
import type { ArtifactStore } from "@aws-sdk/client-codepipeline";
import type { ArtifactRecord } from "./records";

/** A new place for an output artifact; CodePipeline cuts the names to 20 and 10 characters. */
export function placeArtifact(
  store: ArtifactStore,
  pipelineName: string,
  artifactName: string,
): ArtifactRecord {
  const key = [pipelineName.slice(0, 20), artifactName.slice(0, 10), randomName()].join("/");
  return { name: artifactName, bucket: store.location!, key };
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const randomName = (): string => [...randomBytes(7)].map((byte) => alphabet[byte % alphabet.length]).join("");

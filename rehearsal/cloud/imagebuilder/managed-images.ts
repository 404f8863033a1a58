import type { Image } from "@aws-sdk/client-imagebuilder";
import type { Cloud } from "../cloud";
import { versionParts } from "./arns";
import { notFound } from "./resources";
import { versionPattern } from "./versions";

/** Images that AWS keeps for recipes to start from; here, Amazon Linux 2023 for both architectures. */
const managed = new Map([
  ["amazon-linux-2023-arm64", { architecture: "arm64", imageId: "ami-0a12023a12023a641" }],
  ["amazon-linux-2023-x86", { architecture: "x86_64", imageId: "ami-0a12023a12023a862" }],
] as const);

/** One release of them is enough: what it holds does not depend on the date. */
const release = "2026.11.1";

export const isManagedImage = (arn: string): boolean => /^arn:[^:]+:imagebuilder:[^:]+:aws:image\//.test(arn);

/** @throws ServiceError ResourceNotFoundException */
export function managedImage(
  cloud: Cloud,
  arn: string,
): Image & { readonly arn: string; readonly imageId: string } {
  const { base, version, build } = versionParts(arn);
  const name = base.split("/")[1]!;
  const found = managed.get(name as "amazon-linux-2023-arm64");
  const pattern = versionPattern(version);
  if (!found || !pattern.test(release) || (build !== undefined && build !== "1")) throw notFound(arn);
  return {
    arn: `${base}/${release}/1`,
    imageId: found.imageId,
    name: name === "amazon-linux-2023-arm64" ? "Amazon Linux 2023 arm64" : "Amazon Linux 2023 x86",
    version: `${release}/1`,
    type: "AMI",
    platform: "Linux",
    osVersion: "Amazon Linux 2023",
    imageSource: "AMAZON_MANAGED",
    state: { status: "AVAILABLE" },
    dateCreated: "2026-11-17T00:00:00.000Z",
    outputResources: {
      amis: [{ region: cloud.region, image: found.imageId, name, accountId: "amazon" }],
    },
  };
}

export function managedArchitecture(imageId: string): "arm64" | "x86_64" | undefined {
  return [...managed.values()].find((each) => each.imageId === imageId)?.architecture;
}

export function managedImageNames(): string[] {
  return [...managed.keys()];
}

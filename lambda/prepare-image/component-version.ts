import {
  CreateComponentCommand,
  DeleteComponentCommand,
  GetComponentCommand,
  type Component,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { jobFailed } from "../shared/action-failure";
import { hasName, unlessMissing } from "../shared/errors";

export interface ComponentVersion {
  readonly name: string;
  readonly version: string;
  /** ARN without build number: reads as the newest build. */
  readonly versionArn: string;
  readonly data: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly clientToken: string;
}

export interface PreparedComponent {
  readonly arn: string;
  /** False when an earlier attempt of the same release made it. */
  readonly isNew: boolean;
}

/**
 * Makes the component version, or takes the one that an earlier attempt made. It looks first, because Image Builder
 * does not refuse a second component of the same version: it makes one more build of it.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/ibhow-semantic-versioning.html
 */
export async function ensureComponent(
  imageBuilder: ImagebuilderClient,
  wanted: ComponentVersion,
): Promise<PreparedComponent> {
  const existing = await findComponent(imageBuilder, wanted.versionArn);
  if (existing) return { arn: checkSame(existing, wanted), isNew: false };
  try {
    const { componentBuildVersionArn } = await imageBuilder.send(
      new CreateComponentCommand({
        name: wanted.name,
        semanticVersion: wanted.version,
        platform: "Linux",
        data: wanted.data,
        tags: { ...wanted.tags },
        clientToken: wanted.clientToken,
      }),
    );
    if (!componentBuildVersionArn)
      throw jobFailed(`Image Builder returned no ARN for component ${wanted.versionArn}`);
    return { arn: componentBuildVersionArn, isNew: true };
  } catch (error) {
    if (!hasName(error, "ResourceAlreadyExistsException")) throw error;
    const other = await findComponent(imageBuilder, wanted.versionArn);
    if (!other) throw error;
    return { arn: checkSame(other, wanted), isNew: false };
  }
}

export async function deleteComponent(imageBuilder: ImagebuilderClient, arn: string): Promise<void> {
  await imageBuilder.send(new DeleteComponentCommand({ componentBuildVersionArn: arn }));
}

async function findComponent(imageBuilder: ImagebuilderClient, arn: string): Promise<Component | undefined> {
  const look = imageBuilder.send(new GetComponentCommand({ componentBuildVersionArn: arn }));
  return (await unlessMissing(look, "ResourceNotFoundException"))?.component;
}

function checkSame(existing: Component, wanted: ComponentVersion): string {
  const arn = existing.arn ?? wanted.versionArn;
  if (existing.data === wanted.data) return arn;
  throw jobFailed(
    `component ${arn} exists with another document than image/component.yml of release ${wanted.version}; a version is never changed`,
    arn,
  );
}

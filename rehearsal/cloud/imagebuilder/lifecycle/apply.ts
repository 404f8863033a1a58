import type { LifecycleExecutionResourceStatus } from "@aws-sdk/client-imagebuilder";
import type { ImageBuilderStore, ImageStatus } from "../store";
import { changeAmi, findAmi } from "./ami-actions";
import { exclusionOf } from "./ami-exclusions";
import type { ExecutionRecord, ImpactedResource } from "./execution";
import type { LifecycleRole } from "./lifecycle-role";
import type { Target } from "./targets";

export interface Application {
  readonly store: ImageBuilderStore;
  /** None when only the image itself changes its state. */
  readonly role: LifecycleRole | undefined;
  readonly execution: ExecutionRecord;
  readonly now: Date;
  readonly accountId: string;
  readonly region: string;
  /** AMIs learn of it at once; the image changes when it has come. */
  readonly deprecateAt?: Date | undefined;
  /** Resolves when the moment has come; rejects when the execution is cancelled. */
  until(moment: Date): Promise<void>;
}

const states: Readonly<Record<Exclude<Target["action"], "DELETE">, ImageStatus>> = {
  AVAILABLE: "AVAILABLE",
  DEPRECATE: "DEPRECATED",
  DISABLE: "DISABLED",
};

/**
 * Carries an action out: on the image's AMIs, and then on the image itself. An image with an AMI that was left alone or
 * could not be deleted is not deleted either.
 */
export async function applyTo(target: Target, application: Application): Promise<void> {
  const { image } = target;
  const resource = add(application, target, image.arn, application.region);
  const outcomes: LifecycleExecutionResourceStatus[] = [];
  if (target.include.amis)
    for (const { image: imageId, region } of image.outputResources?.amis ?? [])
      if (imageId && region) outcomes.push(await applyToAmi(imageId, region, target, application));
  if (application.deprecateAt) await application.until(application.deprecateAt);
  await settle(resource, async () => {
    if (outcomes.includes("FAILED")) return ["FAILED", "An AMI of the image could not be changed."];
    if (target.action === "DELETE" && outcomes.includes("SKIPPED"))
      return ["SKIPPED", "An AMI of the image is excluded."];
    await changeImage(target, application);
    return ["SUCCESS"];
  });
}

async function applyToAmi(
  imageId: string,
  region: string,
  target: Target,
  { role, now, deprecateAt, ...application }: Application,
): Promise<LifecycleExecutionResourceStatus> {
  const ec2 = role!.ec2(region);
  const resource = add(application, target, imageId, region, target.image.arn);
  await settle(resource, async () => {
    const ami = await findAmi(ec2, imageId);
    if (!ami) return ["SKIPPED", "The AMI does not exist."];
    const excluded = await exclusionOf(ec2, ami, region, target.amiExclusions, now);
    if (excluded) return ["SKIPPED", excluded];
    resource.snapshots = await changeAmi(ec2, ami, target, deprecateAt);
    return ["SUCCESS"];
  });
  // an AMI that is gone does not hold its image
  return resource.state.reason === "The AMI does not exist." ? "SUCCESS" : resource.state.status!;
}

async function changeImage(
  { image, action }: Target,
  { role, store, execution }: Application,
): Promise<void> {
  if (action === "DELETE") return role!.delete(image.arn);
  // deleted by somebody else while its AMIs were changed
  if (!store.images.find(image.arn)) return;
  image.state = { status: states[action] };
  image.lifecycleExecutionId = execution.id;
  image.deprecationTime = action === "DEPRECATE" ? new Date() : undefined;
}

function add(
  { execution, accountId }: Pick<Application, "execution" | "accountId">,
  { action, reason }: Target,
  resourceId: string,
  region: string,
  parentResourceId?: string,
): ImpactedResource {
  const resource: ImpactedResource = {
    resourceId,
    accountId,
    region,
    ...(parentResourceId ? { parentResourceId } : {}),
    action: { name: action, reason },
    state: { status: "IN_PROGRESS" },
    startTime: new Date(),
  };
  execution.resources.push(resource);
  return resource;
}

async function settle(
  resource: ImpactedResource,
  act: () => Promise<[LifecycleExecutionResourceStatus, string?]>,
): Promise<void> {
  try {
    const [status, reason] = await act();
    resource.state = { status, reason };
  } catch (error) {
    resource.state = { status: "FAILED", reason: (error as Error).message };
  }
  resource.endTime = new Date();
}

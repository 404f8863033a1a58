import { DescribeImagesCommand } from "@aws-sdk/client-ec2";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { Permission } from "../api/service";
import type { Cloud } from "../cloud";
import { isManagedImage, managedArchitecture, managedImage } from "./managed-images";
import { invalidValue } from "./resources";
import type { ImageBuilderStore } from "./store";

export interface ParentImage {
  readonly imageId: string;
  readonly architecture: "arm64" | "x86_64";
}

const publicParameters = "/aws/service/ami-amazon-linux-latest/";

/**
 * The AMI that a recipe starts from: an image of Image Builder (`x` in its version means the newest), an AMI id, or
 * `ssm:` and the name or ARN of a parameter that holds one.
 * @throws ServiceError InvalidParameterValueException
 */
export async function resolveParent(
  cloud: Cloud,
  store: ImageBuilderStore,
  parent: string,
): Promise<ParentImage> {
  if (isManagedImage(parent)) {
    const { imageId } = managedImage(cloud, parent);
    return { imageId, architecture: managedArchitecture(imageId)! };
  }
  if (parent.startsWith("arn:")) {
    const image = store.image(parent);
    if (image.state.status === "DISABLED")
      throw invalidValue("parentImage", `The image ${image.arn} is disabled.`);
    const ami = image.outputResources?.amis?.find(({ region }) => region === cloud.region);
    if (!ami?.image) throw invalidValue("parentImage", `The image ${parent} has no AMI in ${cloud.region}.`);
    return describe(cloud, ami.image);
  }
  if (parent.startsWith("ssm:"))
    return describe(cloud, await parameterValue(cloud, parent.slice("ssm:".length)));
  if (parent.startsWith("ami-")) return describe(cloud, parent);
  throw invalidValue("parentImage", "It must be an image ARN, an AMI ID or an SSM parameter.");
}

/**
 * What a recipe's author needs on the image that the recipe starts from: what CreateImageRecipe depends on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2imagebuilder.html
 */
export function parentPermissions(cloud: Cloud, store: ImageBuilderStore, parent: string): Permission[] {
  const describe = { action: "ec2:DescribeImages", resource: "*" };
  if (parent.startsWith("ami-")) return [describe];
  if (!parent.startsWith("arn:")) return [];
  const { arn } = isManagedImage(parent) ? managedImage(cloud, parent) : store.image(parent);
  return [{ action: "imagebuilder:GetImage", resource: arn }, describe];
}

async function parameterValue(cloud: Cloud, nameOrArn: string): Promise<string> {
  const name = nameOrArn.startsWith("arn:") ? nameOrArn.replace(/^.*:parameter/, "") : nameOrArn;
  // AWS's own parameters, which the emulator does not have
  if (name.startsWith(publicParameters) && name.includes("al2023"))
    return managedImage(cloud, managedArn(cloud, name.endsWith("arm64") ? "arm64" : "x86")).imageId;
  const { Parameter } = await cloud.backend.ssm.send(new GetParameterCommand({ Name: name })).catch(() => {
    throw invalidValue("parentImage", `The SSM parameter ${name} does not exist.`);
  });
  return Parameter?.Value ?? "";
}

async function describe(cloud: Cloud, imageId: string): Promise<ParentImage> {
  const managed = managedArchitecture(imageId);
  if (managed) return { imageId, architecture: managed };
  const { Images } = await cloud.backend.ec2.send(new DescribeImagesCommand({ ImageIds: [imageId] }));
  const found = Images?.find((image) => image.ImageId === imageId);
  if (!found)
    throw invalidValue(
      "parentImage",
      `The AMI ID '${imageId}' does not exist or is not shared with this account.`,
    );
  return { imageId, architecture: found.Architecture === "arm64" ? "arm64" : "x86_64" };
}

const managedArn = ({ partition, region }: Cloud, architecture: "arm64" | "x86"): string =>
  `arn:${partition}:imagebuilder:${region}:aws:image/amazon-linux-2023-${architecture}/x.x.x`;

import { EC2Client } from "@aws-sdk/client-ec2";
import {
  DeleteImageCommand,
  GetImageCommand,
  ImagebuilderClient,
  ListImageBuildVersionsCommand,
  ListImagesCommand,
} from "@aws-sdk/client-imagebuilder";
import type { Cloud, RoleCredentials } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";

/**
 * What Image Builder does as a lifecycle's execution role: every call goes through the gateway with the role's
 * credentials, is decided about and written down.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-lifecycle-prerequisites.html
 */
export class LifecycleRole {
  private readonly imageBuilder: ImagebuilderClient;

  private constructor(
    private readonly cloud: Cloud,
    private readonly authorizer: Authorizer,
    private readonly credentials: RoleCredentials,
  ) {
    this.imageBuilder = new ImagebuilderClient(cloud.clientOptions(credentials));
  }

  /** @throws ServiceError AccessDenied when the role does not trust Image Builder */
  static async assume(
    cloud: Cloud,
    authorizer: Authorizer,
    roleArn: string,
    session: string,
  ): Promise<LifecycleRole> {
    const credentials = await cloud.assumeRole(roleArn, "imagebuilder.amazonaws.com", session);
    return new LifecycleRole(cloud, authorizer, credentials);
  }

  ec2(region: string): EC2Client {
    return new EC2Client({ ...this.cloud.clientOptions(this.credentials), region });
  }

  /** The Resource Groups Tagging API does not know the gateway's resources: the decision is the role's, the answer ours. */
  async mayFindByTags(): Promise<void> {
    await this.authorizer.authorizeRole(this.credentials, "tag:GetResources", "*");
  }

  async read(imageBuildVersionArn: string): Promise<void> {
    await this.imageBuilder.send(new GetImageCommand({ imageBuildVersionArn }));
  }

  async delete(imageBuildVersionArn: string): Promise<void> {
    await this.imageBuilder.send(new DeleteImageCommand({ imageBuildVersionArn }));
  }

  /** ARNs of the versions of all images of a name. */
  async versionsOf(name: string): Promise<string[]> {
    const filters = [{ name: "name", values: [name] }];
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.imageBuilder.send(
        new ListImagesCommand({ owner: "Self", filters, includeDeprecated: true, nextToken }),
      );
      arns.push(...(page.imageVersionList ?? []).map(({ arn }) => arn!));
      nextToken = page.nextToken;
    } while (nextToken);
    return arns;
  }

  /** ARNs of the builds of a version. */
  async buildsOf(imageVersionArn: string): Promise<string[]> {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.imageBuilder.send(
        new ListImageBuildVersionsCommand({ imageVersionArn, nextToken }),
      );
      arns.push(...(page.imageSummaryList ?? []).map(({ arn }) => arn!));
      nextToken = page.nextToken;
    } while (nextToken);
    return arns;
  }
}

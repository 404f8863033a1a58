import { DescribeImagesCommand, DescribeLaunchTemplatesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { HttpRequest } from "../api/protocol";
import { formOf } from "../api/protocol-query";
import type { Permission } from "../api/service";
import type { Cloud } from "../cloud";
import { resourceTags } from "../resource-tags";

/**
 * What EC2 asks of a caller for the calls that change what we tag. The emulator decides about these without knowing
 * the resources' tags, so the gateway decides and passes them on in the account's name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export class Ec2Decisions {
  constructor(
    private readonly ec2: EC2Client,
    private readonly cloud: Pick<Cloud, "partition" | "region" | "accountId">,
  ) {}

  /** @returns undefined for a call that the emulator decides about */
  async permissionsOf(request: HttpRequest): Promise<Permission[] | undefined> {
    const form = formOf(request.url, request.body);
    const operation = form.get("Action") ?? "";
    const action = `ec2:${operation}`;
    switch (operation) {
      case "CreateLaunchTemplateVersion":
      case "ModifyLaunchTemplate":
      case "DeleteLaunchTemplateVersions":
        return this.onResource(
          action,
          "launch-template",
          await this.launchTemplateId(form),
          this.cloud.accountId,
        );
      case "DeregisterImage":
        return [
          ...(await this.onResource(action, "image", form.get("ImageId"), "")),
          ...(form.get("DeleteAssociatedSnapshots") === "true"
            ? await this.onSnapshotsOf(form.get("ImageId") ?? "")
            : []),
        ];
      case "DescribeImageAttribute":
      case "DisableImage":
      case "DisableImageDeprecation":
      case "EnableImage":
      case "EnableImageDeprecation":
        return this.onResource(action, "image", form.get("ImageId"), "");
      case "DeleteSnapshot":
        return this.onResource(action, "snapshot", form.get("SnapshotId"), "");
      default:
        return operation.startsWith("Describe") ? [{ action, resource: "*" }] : undefined;
    }
  }

  private async onResource(
    action: string,
    type: string,
    id: string | null,
    account: string,
  ): Promise<Permission[]> {
    const arn = `arn:${this.cloud.partition}:ec2:${this.cloud.region}:${account}:${type}/${id ?? ""}`;
    const context = await resourceTags(this.ec2, id ?? "");
    return [{ action, resource: arn, context }];
  }

  private async onSnapshotsOf(imageId: string): Promise<Permission[]> {
    const { Images } = await this.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [imageId] }] }),
    );
    const devices = (Images ?? []).flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings);
    const ids = devices.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
    return (
      await Promise.all(ids.map((id) => this.onResource("ec2:DeleteSnapshot", "snapshot", id, "")))
    ).flat();
  }

  /** Callers may name a template or give its id. */
  private async launchTemplateId(form: URLSearchParams): Promise<string | null> {
    const name = form.get("LaunchTemplateName");
    if (!name) return form.get("LaunchTemplateId");
    const found = await this.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: [name] }));
    return found.LaunchTemplates?.[0]?.LaunchTemplateId ?? null;
  }
}

import {
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplateVersionsCommand,
  ModifyLaunchTemplateCommand,
  type EC2Client,
  type LaunchTemplateVersion,
} from "@aws-sdk/client-ec2";
import { jobFailed } from "./action-failure";
import { unlessMissing } from "./errors";
import { allPages } from "./pages";

/** One launch template, by name. */
export class LaunchTemplate {
  constructor(
    private readonly ec2: EC2Client,
    readonly name: string,
  ) {}

  versions(): Promise<LaunchTemplateVersion[]> {
    return allPages(
      (NextToken) =>
        this.ec2.send(
          new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: this.name, NextToken }),
        ),
      (page) => page.LaunchTemplateVersions,
      (page) => page.NextToken,
    );
  }

  /** @param version a number, `$Latest` or `$Default`; undefined if there is none */
  async find(version: string): Promise<LaunchTemplateVersion | undefined> {
    const look = this.ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: this.name, Versions: [version] }),
    );
    return (await unlessMissing(look, "InvalidLaunchTemplateId.VersionNotFound"))
      ?.LaunchTemplateVersions?.[0];
  }

  async defaultVersion(): Promise<string> {
    const found = await this.find("$Default");
    if (found?.VersionNumber === undefined)
      throw jobFailed(`launch template ${this.name} has no default version`);
    return String(found.VersionNumber);
  }

  async makeDefault(version: string, clientToken: string): Promise<void> {
    await this.ec2.send(
      new ModifyLaunchTemplateCommand({
        LaunchTemplateName: this.name,
        DefaultVersion: version,
        ClientToken: clientToken,
      }),
    );
  }

  /** @throws ActionFailure with EC2's reason; a version that is gone already is fine */
  async delete(version: string): Promise<void> {
    const { UnsuccessfullyDeletedLaunchTemplateVersions: [refused] = [] } = await this.ec2.send(
      new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateName: this.name, Versions: [version] }),
    );
    const { Code, Message } = refused?.ResponseError ?? {};
    if (!refused || Code === "launchTemplateVersionDoesNotExist") return;
    throw jobFailed(`launch template version ${this.name}:${version} can't be deleted: ${Code}: ${Message}`);
  }
}

import { AutoScalingClient, CreateAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CodeCommitClient, CreateRepositoryCommand, PutFileCommand } from "@aws-sdk/client-codecommit";
import {
  CodePipelineClient,
  CreatePipelineCommand,
  ListPipelineExecutionsCommand,
} from "@aws-sdk/client-codepipeline";
import { CreateLaunchTemplateCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { ClientOptions } from "../../../../rehearsal/cloud/cloud";
import { until } from "../../../support/until";

export const name = "hello-world";
export const group = "hello-world-production";

/** What the commands of the README are about, as small as it can be. */
export async function deployHelloWorld(client: ClientOptions): Promise<void> {
  const iam = new IAMClient(client);
  const trust = {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: "codepipeline.amazonaws.com" },
  };
  const work = { Effect: "Allow", Action: ["s3:*", "codecommit:*"], Resource: "*" };
  const role = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Statement: [trust] }),
    }),
  );
  const PolicyDocument = JSON.stringify({ Statement: [work] });
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "work", PolicyDocument }));
  await new S3Client({ ...client, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: name }));
  const commits = new CodeCommitClient(client);
  await commits.send(new CreateRepositoryCommand({ repositoryName: name }));
  const type = (category: "Source" | "Approval", provider: string) => ({
    category,
    owner: "AWS" as const,
    provider,
    version: "1",
  });
  const source = { RepositoryName: name, BranchName: "main", PollForSourceChanges: "false" };
  const pipelines = new CodePipelineClient(client);
  await pipelines.send(
    new CreatePipelineCommand({
      pipeline: {
        name,
        roleArn: role.Role!.Arn,
        pipelineType: "V2",
        executionMode: "QUEUED",
        artifactStore: { type: "S3", location: name },
        stages: [
          {
            name: "Source",
            actions: [
              {
                name: "Source",
                actionTypeId: type("Source", "CodeCommit"),
                configuration: source,
                outputArtifacts: [{ name: "Source" }],
              },
            ],
          },
          {
            name: "DeployImage-production",
            actions: [{ name: "approve", actionTypeId: type("Approval", "Manual") }],
          },
        ],
      },
    }),
  );
  // the execution of its creation fails: there is no commit yet
  await until(
    () => pipelines.send(new ListPipelineExecutionsCommand({ pipelineName: name })),
    ({ pipelineExecutionSummaries }) => pipelineExecutionSummaries?.[0]?.status === "Failed",
  );
  await commits.send(
    new PutFileCommand({
      repositoryName: name,
      branchName: "main",
      filePath: "a.txt",
      fileContent: Buffer.from("a\n"),
    }),
  );
  const ec2 = new EC2Client(client);
  const LaunchTemplateData = { ImageId: "ami-12345678", InstanceType: "t4g.small" as const };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: group, LaunchTemplateData }));
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
  await new AutoScalingClient(client).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: group,
      MinSize: 0,
      MaxSize: 2,
      DesiredCapacity: 0,
      LaunchTemplate: { LaunchTemplateName: group, Version: "1" },
      VPCZoneIdentifier: Subnets![0]!.SubnetId,
    }),
  );
  const logs = new CloudWatchLogsClient(client);
  const stream = { logGroupName: "/aws/codebuild/hello-world-build", logStreamName: "build" };
  await logs.send(new CreateLogGroupCommand({ logGroupName: stream.logGroupName }));
  await logs.send(new CreateLogStreamCommand(stream));
  await logs.send(
    new PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: "Phase complete" }] }),
  );
}

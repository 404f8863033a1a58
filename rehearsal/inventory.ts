import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CodeBuildClient, ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { CodeCommitClient, ListRepositoriesCommand } from "@aws-sdk/client-codecommit";
import { CodePipelineClient, ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient, ListRulesCommand } from "@aws-sdk/client-eventbridge";
import {
  IAMClient,
  ListInstanceProfilesCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import {
  ImagebuilderClient,
  ListComponentsCommand,
  ListDistributionConfigurationsCommand,
  ListImagePipelinesCommand,
  ListImageRecipesCommand,
  ListImagesCommand,
  ListInfrastructureConfigurationsCommand,
  ListLifecyclePoliciesCommand,
  ListWorkflowsCommand,
} from "@aws-sdk/client-imagebuilder";
import { DescribeKeyCommand, KMSClient, ListAliasesCommand, ListKeysCommand } from "@aws-sdk/client-kms";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { DescribeParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { ClientOptions } from "./cloud/cloud";

/** Names of what an account holds, each with its kind in front: `role hello-world-build`. */
export type Inventory = ReadonlySet<string>;

type Names = readonly (string | undefined)[] | undefined;
type Look = () => Promise<Names>;

/**
 * Everything of the kinds that we make, directly or through a service. Left out: service-linked roles, which stay by
 * design, and keys that are scheduled for deletion, which AWS removes after their waiting period.
 */
export async function takeInventory(options: ClientOptions): Promise<Inventory> {
  const found = await Promise.all(
    Object.entries(looks(options)).map(async ([kind, look]) =>
      ((await look()) ?? []).flatMap((name) => (name === undefined ? [] : [`${kind} ${name}`])),
    ),
  );
  return new Set(found.flat());
}

/** What is in `after` and was not in `before`. */
export function leftovers(before: Inventory, after: Inventory): string[] {
  return [...after].filter((name) => !before.has(name)).sort();
}

function looks(options: ClientOptions): Record<string, Look> {
  return { ...servers(options), ...delivery(options), ...images(options), ...account(options) };
}

function servers(options: ClientOptions): Record<string, Look> {
  const ec2 = new EC2Client(options);
  const elb = new ElasticLoadBalancingV2Client(options);
  const autoScaling = new AutoScalingClient(options);
  const cloudWatch = new CloudWatchClient(options);
  return {
    instance: async () =>
      (await ec2.send(new DescribeInstancesCommand({}))).Reservations?.flatMap(
        ({ Instances }) => Instances ?? [],
      )
        .filter(({ State }) => State?.Name !== "terminated")
        .map(({ InstanceId }) => InstanceId),
    volume: async () =>
      (await ec2.send(new DescribeVolumesCommand({}))).Volumes?.map(({ VolumeId }) => VolumeId),
    image: async () =>
      (await ec2.send(new DescribeImagesCommand({ Owners: ["self"] }))).Images?.map(({ ImageId }) => ImageId),
    snapshot: async () =>
      (await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }))).Snapshots?.map(
        ({ SnapshotId }) => SnapshotId,
      ),
    "launch template": async () =>
      (await ec2.send(new DescribeLaunchTemplatesCommand({}))).LaunchTemplates?.map(
        ({ LaunchTemplateName }) => LaunchTemplateName,
      ),
    "security group": async () =>
      (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups?.map(({ GroupId }) => GroupId),
    "load balancer": async () =>
      (await elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers?.map(
        ({ LoadBalancerName }) => LoadBalancerName,
      ),
    "target group": async () =>
      (await elb.send(new DescribeTargetGroupsCommand({}))).TargetGroups?.map(
        ({ TargetGroupName }) => TargetGroupName,
      ),
    "auto scaling group": async () =>
      (await autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).AutoScalingGroups?.map(
        ({ AutoScalingGroupName }) => AutoScalingGroupName,
      ),
    alarm: async () =>
      (await cloudWatch.send(new DescribeAlarmsCommand({}))).MetricAlarms?.map(({ AlarmName }) => AlarmName),
  };
}

function delivery(options: ClientOptions): Record<string, Look> {
  const codeCommit = new CodeCommitClient(options);
  const codeBuild = new CodeBuildClient(options);
  const codePipeline = new CodePipelineClient(options);
  const events = new EventBridgeClient(options);
  const lambda = new LambdaClient(options);
  return {
    repository: async () =>
      (await codeCommit.send(new ListRepositoriesCommand({}))).repositories?.map(
        ({ repositoryName }) => repositoryName,
      ),
    "build project": async () => (await codeBuild.send(new ListProjectsCommand({}))).projects,
    pipeline: async () =>
      (await codePipeline.send(new ListPipelinesCommand({}))).pipelines?.map(({ name }) => name),
    rule: async () => (await events.send(new ListRulesCommand({}))).Rules?.map(({ Name }) => Name),
    function: async () =>
      (await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName),
  };
}

function images(options: ClientOptions): Record<string, Look> {
  const imageBuilder = new ImagebuilderClient(options);
  const arns = (list: { arn?: string | undefined }[] | undefined): Names => list?.map(({ arn }) => arn);
  return {
    component: async () =>
      arns((await imageBuilder.send(new ListComponentsCommand({ owner: "Self" }))).componentVersionList),
    recipe: async () =>
      arns((await imageBuilder.send(new ListImageRecipesCommand({ owner: "Self" }))).imageRecipeSummaryList),
    "image version": async () =>
      arns(
        (await imageBuilder.send(new ListImagesCommand({ owner: "Self", includeDeprecated: true })))
          .imageVersionList,
      ),
    "infrastructure configuration": async () =>
      arns(
        (await imageBuilder.send(new ListInfrastructureConfigurationsCommand({})))
          .infrastructureConfigurationSummaryList,
      ),
    "distribution configuration": async () =>
      arns(
        (await imageBuilder.send(new ListDistributionConfigurationsCommand({})))
          .distributionConfigurationSummaryList,
      ),
    "image pipeline": async () =>
      arns((await imageBuilder.send(new ListImagePipelinesCommand({}))).imagePipelineList),
    "lifecycle policy": async () =>
      arns((await imageBuilder.send(new ListLifecyclePoliciesCommand({}))).lifecyclePolicySummaryList),
    workflow: async () => arns((await imageBuilder.send(new ListWorkflowsCommand({}))).workflowVersionList),
  };
}

function account(options: ClientOptions): Record<string, Look> {
  const iam = new IAMClient(options);
  const kms = new KMSClient(options);
  const logs = new CloudWatchLogsClient(options);
  const s3 = new S3Client(options);
  const sns = new SNSClient(options);
  const ssm = new SSMClient(options);
  return {
    bucket: async () => (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name),
    role: async () =>
      (await iam.send(new ListRolesCommand({}))).Roles?.filter(
        ({ Path }) => !Path?.startsWith("/aws-service-role/"),
      ).map(({ RoleName }) => RoleName),
    policy: async () =>
      (await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies?.map(
        ({ PolicyName }) => PolicyName,
      ),
    "instance profile": async () =>
      (await iam.send(new ListInstanceProfilesCommand({}))).InstanceProfiles?.map(
        ({ InstanceProfileName }) => InstanceProfileName,
      ),
    key: async () => {
      const { Keys } = await kms.send(new ListKeysCommand({}));
      const described = await Promise.all(
        (Keys ?? []).map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))),
      );
      return described
        .filter(({ KeyMetadata }) => KeyMetadata?.KeyState !== "PendingDeletion")
        .map(({ KeyMetadata }) => KeyMetadata?.KeyId);
    },
    "key alias": async () =>
      (await kms.send(new ListAliasesCommand({}))).Aliases?.filter(
        ({ AliasName }) => !AliasName?.startsWith("alias/aws/"),
      ).map(({ AliasName }) => AliasName),
    "log group": async () =>
      (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName),
    topic: async () => (await sns.send(new ListTopicsCommand({}))).Topics?.map(({ TopicArn }) => TopicArn),
    parameter: async () =>
      (await ssm.send(new DescribeParametersCommand({}))).Parameters?.map(({ Name }) => Name),
  };
}

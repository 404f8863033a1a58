import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  EC2Client,
  EnableImageDeprecationCommand,
} from "@aws-sdk/client-ec2";
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateComponentCommand,
  CreateImageCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  GetImageCommand,
  GetLifecycleExecutionCommand,
  ImagebuilderClient,
  ListLifecycleExecutionResourcesCommand,
  StartResourceStateUpdateCommand,
} from "@aws-sdk/client-imagebuilder";
import { accountId, region } from "../../../support/configuration";
import { RunningCloud } from "../../../support/running-cloud";
import { until } from "../../../support/until";

/** The lifecycle of images with the emulator's EC2 and IAM: a role acts on what its policy allows, and on nothing else. */
jest.setTimeout(120_000);

const data = `schemaVersion: 1.0
phases: [{ name: build, steps: [{ name: A, action: ExecuteBash, inputs: { commands: ["true"] } }] }]
`;
const role = `arn:aws:iam::${accountId}:role/lifecycle`;

let cloud: RunningCloud;
let ec2: EC2Client;
let imageBuilder: ImagebuilderClient;
let infrastructureConfigurationArn: string | undefined;
let componentArn: string | undefined;

beforeAll(async () => {
  cloud = await RunningCloud.start();
  ec2 = new EC2Client(cloud.client);
  imageBuilder = new ImagebuilderClient(cloud.client);
  const iam = new IAMClient(cloud.client);
  const grant = async (name: string, service: string, statements: object[]): Promise<void> => {
    const trust = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
    const document = (Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document([trust]) }));
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: name,
        PolicyDocument: document(statements.map((statement) => ({ Effect: "Allow", ...statement }))),
      }),
    );
  };
  const agent = ["ssm:*", "ssmmessages:*", "imagebuilder:GetComponent", "logs:*", "s3:GetObject"];
  await grant("builder", "ec2.amazonaws.com", [{ Action: agent, Resource: "*" }]);
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "builder" }));
  await iam.send(
    new AddRoleToInstanceProfileCommand({ InstanceProfileName: "builder", RoleName: "builder" }),
  );
  await grant("lifecycle", "imagebuilder.amazonaws.com", [
    { Action: ["ec2:DescribeImages", "ec2:DescribeSnapshots", "imagebuilder:DeleteImage"], Resource: "*" },
    {
      Action: ["ec2:DeregisterImage", "ec2:DescribeImageAttribute"],
      Resource: `arn:aws:ec2:${region}::image/*`,
      Condition: { StringEquals: { "aws:ResourceTag/Application": "hello" } },
    },
    {
      Action: "ec2:DeleteSnapshot",
      Resource: `arn:aws:ec2:${region}::snapshot/*`,
      Condition: { StringEquals: { "aws:ResourceTag/CreatedBy": "EC2 Image Builder" } },
    },
  ]);
  const infrastructure = await imageBuilder.send(
    new CreateInfrastructureConfigurationCommand({ name: "hello", instanceProfileName: "builder" }),
  );
  infrastructureConfigurationArn = infrastructure.infrastructureConfigurationArn;
  const component = await imageBuilder.send(
    new CreateComponentCommand({ name: "hello", semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  componentArn = component.componentBuildVersionArn;
});
afterAll(() => cloud.stop());

/** An image that has been baked, with its AMI and the AMI's snapshot. */
async function bake(name: string) {
  const recipe = await imageBuilder.send(
    new CreateImageRecipeCommand({
      name,
      semanticVersion: "1.0.0",
      parentImage: `arn:aws:imagebuilder:${region}:aws:image/amazon-linux-2023-arm64/x.x.x`,
      components: [{ componentArn }],
      amiTags: { Application: name },
    }),
  );
  const { imageBuildVersionArn } = await imageBuilder.send(
    new CreateImageCommand({
      imageRecipeArn: recipe.imageRecipeArn,
      infrastructureConfigurationArn,
      imageTestsConfiguration: { imageTestsEnabled: false },
    }),
  );
  const { image } = await until(
    () => imageBuilder.send(new GetImageCommand({ imageBuildVersionArn })),
    ({ image: found }) => ["AVAILABLE", "FAILED"].includes(found!.state!.status!),
  );
  expect(image!.state).toEqual({ status: "AVAILABLE" });
  const ami = image!.outputResources!.amis![0]!.image!;
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ami] }));
  return { arn: image!.arn!, ami, snapshot: Images![0]!.BlockDeviceMappings![0]!.Ebs!.SnapshotId! };
}

async function remove(resourceArn: string) {
  const { lifecycleExecutionId } = await imageBuilder.send(
    new StartResourceStateUpdateCommand({
      resourceArn,
      state: { status: "DELETED" },
      executionRole: role,
      includeResources: { amis: true, snapshots: true },
      exclusionRules: { amis: { lastLaunched: { unit: "DAYS", value: 30 } } },
    }),
  );
  const { lifecycleExecution } = await until(
    () => imageBuilder.send(new GetLifecycleExecutionCommand({ lifecycleExecutionId })),
    ({ lifecycleExecution: found }) => found!.state!.status !== "IN_PROGRESS",
  );
  const { resources } = await imageBuilder.send(
    new ListLifecycleExecutionResourcesCommand({ lifecycleExecutionId, parentResourceId: resourceArn }),
  );
  return { status: lifecycleExecution!.state!.status, ami: resources![0]!.state! };
}

const amisLeft = async (ami: string) =>
  (await ec2.send(new DescribeImagesCommand({ Filters: [{ Name: "image-id", Values: [ami] }] }))).Images;

it("deletes an AMI and its snapshot as a role that may, by their tags", async () => {
  const { arn, ami, snapshot } = await bake("hello");
  expect(await remove(arn)).toEqual({ status: "SUCCESS", ami: { status: "SUCCESS" } });
  expect(await amisLeft(ami)).toEqual([]);
  const { Snapshots } = await ec2.send(
    new DescribeSnapshotsCommand({ Filters: [{ Name: "snapshot-id", Values: [snapshot] }] }),
  );
  expect(Snapshots).toEqual([]);
});

it("leaves the AMI of another application alone, and says what was denied", async () => {
  const { arn, ami } = await bake("other");
  const { status, ami: state } = await remove(arn);
  expect([status, state.status]).toEqual(["FAILED", "FAILED"]);
  expect(state.reason).toContain("is not authorized to perform: ec2:DescribeImageAttribute");
  expect(await amisLeft(ami)).toHaveLength(1);
});

it("knows when an AMI was launched, and shows and launches a disabled one no more", async () => {
  const { ami } = await bake("launched");
  const LaunchTemplateData = { ImageId: ami, InstanceType: "t4g.small" as const };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "launched", LaunchTemplateData }));
  // a fleet, because the emulator runs no instances of AMIs that it holds no file system of
  const launch = () =>
    ec2.send(
      new CreateFleetCommand({
        Type: "instant",
        LaunchTemplateConfigs: [
          { LaunchTemplateSpecification: { LaunchTemplateName: "launched", Version: "1" } },
        ],
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "on-demand" },
      }),
    );
  const lastLaunched = async () => {
    const Attribute = "lastLaunchedTime" as const;
    const answer = await ec2.send(new DescribeImageAttributeCommand({ ImageId: ami, Attribute }));
    return answer.LastLaunchedTime?.Value;
  };
  expect(await lastLaunched()).toBeUndefined();
  const DeprecateAt = new Date("2030-01-01T00:00:00Z");
  await ec2.send(new EnableImageDeprecationCommand({ ImageId: ami, DeprecateAt }));
  expect((await amisLeft(ami))![0]).toMatchObject({
    State: "available",
    DeprecationTime: "2030-01-01T00:00:00Z",
  });
  await launch();
  expect(Date.now() - Date.parse((await lastLaunched())!)).toBeLessThan(60_000);
  await ec2.send(new DisableImageCommand({ ImageId: ami }));
  expect(await amisLeft(ami)).toEqual([]);
  const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ami], IncludeDisabled: true }));
  expect(Images![0]!.State).toBe("disabled");
  await expect(launch()).rejects.toMatchObject({
    name: "InvalidAMIID.Unavailable",
    message: `The image ID '${ami}' is no longer available`,
  });
});

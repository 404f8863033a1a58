import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  EnableImageDeprecationCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
} from "@aws-sdk/client-ec2";
import {
  CancelLifecycleExecutionCommand,
  CreateComponentCommand,
  CreateImageCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  CreateLifecyclePolicyCommand,
  type CreateLifecyclePolicyCommandInput,
  DeleteLifecyclePolicyCommand,
  GetImageCommand,
  GetLifecycleExecutionCommand,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  ListLifecycleExecutionResourcesCommand,
  ListLifecycleExecutionsCommand,
  StartResourceStateUpdateCommand,
  type StartResourceStateUpdateCommandInput,
  UpdateLifecyclePolicyCommand,
} from "@aws-sdk/client-imagebuilder";
import { until } from "../../../../support/until";
import { ImageBuilderFixture, parentImage } from "../image-builder-fixture";

// bakes take seconds on a busy machine
jest.setTimeout(30_000);

const fixture = new ImageBuilderFixture();
const send: ImageBuilderFixture["client"]["send"] = ((command: never) =>
  fixture.client.send(command)) as never;
const role = "arn:aws:iam::111122223333:role/lifecycle";
const data = `schemaVersion: 1.0
phases: [{ name: build, steps: [{ name: A, action: ExecuteBash, inputs: { commands: ["true"] } }] }]
`;

/** What EC2 holds. */
const amis = new Map<string, RegisterImageCommandInput>();
let launched: string | undefined;
const recipeArns: string[] = [];
let infrastructureArn: string;
let policies = 0;

beforeAll(async () => {
  await fixture.start();
  let registered = 0;
  fixture.ec2.on(RegisterImageCommand).callsFake(async (input: RegisterImageCommandInput) => {
    const ImageId = `ami-${++registered}`;
    amis.set(ImageId, input);
    return { ImageId };
  });
  fixture.ec2.on(DescribeImagesCommand).callsFake(async ({ Filters }) => ({
    Images: (Filters[0].Values as string[])
      .filter((id) => amis.has(id))
      .map((ImageId) => ({
        ImageId,
        Tags: amis.get(ImageId)!.TagSpecifications![0]!.Tags,
        BlockDeviceMappings: amis.get(ImageId)!.BlockDeviceMappings,
      })),
  }));
  fixture.ec2.on(DescribeSnapshotsCommand).callsFake(async ({ Filters }) => ({
    Snapshots: (Filters[0].Values as string[]).map((SnapshotId) => ({ SnapshotId })),
  }));
  fixture.ec2.on(DescribeImageAttributeCommand).callsFake(async () => ({
    LastLaunchedTime: launched ? { Value: launched } : undefined,
  }));
  fixture.ec2.on(DeregisterImageCommand).callsFake(async ({ ImageId }) => void amis.delete(ImageId));
  fixture.ec2.on(DisableImageCommand).resolves({});
  fixture.ec2.on(EnableImageDeprecationCommand).resolves({});
  const component = await send(
    new CreateComponentCommand({ name: "app", semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  const components = [{ componentArn: component.componentBuildVersionArn }];
  for (const name of ["app", "alone"]) {
    const recipe = await send(
      new CreateImageRecipeCommand({ name, semanticVersion: "1.0.0", parentImage, components }),
    );
    recipeArns.push(recipe.imageRecipeArn!);
  }
  const infrastructure = await send(
    new CreateInfrastructureConfigurationCommand({ name: "app", instanceProfileName: "builder" }),
  );
  infrastructureArn = infrastructure.infrastructureConfigurationArn!;
});
afterAll(() => fixture.stop());
beforeEach(() => {
  launched = undefined;
  fixture.ec2.resetHistory();
  fixture.gateway.asked.length = 0;
  fixture.instanceCalls.length = 0;
  fixture.gateway.denied.clear();
});

/** An image that has been baked. */
async function bake(tags: Record<string, string>, recipeArn = recipeArns[0]): Promise<string> {
  const { imageBuildVersionArn } = await send(
    new CreateImageCommand({
      imageRecipeArn: recipeArn,
      infrastructureConfigurationArn: infrastructureArn,
      imageTestsConfiguration: { imageTestsEnabled: false },
      tags,
    }),
  );
  const { state } = await fixture.ended(imageBuildVersionArn!);
  expect(state).toEqual({ status: "AVAILABLE" });
  fixture.gateway.asked.length = 0;
  return imageBuildVersionArn!;
}

async function policy(
  tagMap: Record<string, string>,
  more: Partial<CreateLifecyclePolicyCommandInput> = {},
): Promise<string> {
  const { lifecyclePolicyArn } = await send(
    new CreateLifecyclePolicyCommand({
      name: `policy-${++policies}`,
      executionRole: role,
      resourceType: "AMI_IMAGE",
      resourceSelection: { tagMap },
      policyDetails: [
        {
          action: { type: "DELETE", includeResources: { amis: true, snapshots: true } },
          filter: { type: "COUNT", value: 1 },
        },
      ],
      ...more,
    }),
  );
  fixture.gateway.asked.length = 0;
  return lifecyclePolicyArn!;
}

async function run(policyArn: string, at = new Date()) {
  return ended(fixture.part.runLifecyclePolicy(policyArn, at));
}

async function ended(lifecycleExecutionId: string) {
  const get = new GetLifecycleExecutionCommand({ lifecycleExecutionId });
  const { lifecycleExecution } = await until(
    () => send(get),
    ({ lifecycleExecution: found }) =>
      !["PENDING", "IN_PROGRESS", "CANCELLING"].includes(found!.state!.status!),
  );
  return lifecycleExecution!;
}

async function resources(lifecycleExecutionId: string, parentResourceId?: string) {
  const list = new ListLifecycleExecutionResourcesCommand({ lifecycleExecutionId, parentResourceId });
  return (await send(list)).resources!;
}

const asked = (): string[] => [...new Set(fixture.gateway.asked.map(({ action }) => action))];
const exists = async (arn: string): Promise<boolean> =>
  send(new GetImageCommand({ imageBuildVersionArn: arn })).then(
    () => true,
    () => false,
  );

describe("a policy", () => {
  it("deletes what is more than it keeps: the oldest image, its AMI and its snapshots, as its role", async () => {
    const old = await bake({ App: "count" });
    const recent = await bake({ App: "count" });
    await bake({ App: "another" });
    const arn = await policy({ App: "count" });
    const { image } = await send(new GetImageCommand({ imageBuildVersionArn: old }));
    const ami = image!.outputResources!.amis![0]!.image!;
    const snapshot = amis.get(ami)!.BlockDeviceMappings![0]!.Ebs!.SnapshotId;
    fixture.gateway.asked.length = 0;

    const execution = await run(arn);

    expect(execution).toMatchObject({
      lifecyclePolicyArn: arn,
      state: { status: "SUCCESS" },
      resourcesImpactedSummary: { hasImpactedResources: true },
    });
    expect(await resources(execution.lifecycleExecutionId!)).toMatchObject([
      { resourceId: old, action: { name: "DELETE" }, state: { status: "SUCCESS" }, region: "eu-central-1" },
    ]);
    expect(await resources(execution.lifecycleExecutionId!, old)).toMatchObject([
      {
        resourceId: ami,
        accountId: "111122223333",
        state: { status: "SUCCESS" },
        snapshots: [{ snapshotId: snapshot, state: { status: "SUCCESS" } }],
      },
    ]);
    expect(fixture.cloud.assumed).toContain(`imagebuilder.amazonaws.com ${role}`);
    expect(fixture.instanceCalls).toContain("tag:GetResources *");
    expect(asked()).toEqual(expect.arrayContaining(["imagebuilder:GetImage", "imagebuilder:DeleteImage"]));
    expect([amis.has(ami), await exists(old), await exists(recent)]).toEqual([false, false, true]);
    expect(fixture.ec2.commandCalls(DeleteSnapshotCommand)[0]?.args[0].input).toEqual({
      SnapshotId: snapshot,
    });
    const { lifecycleExecutions } = await send(new ListLifecycleExecutionsCommand({ resourceArn: arn }));
    expect(lifecycleExecutions).toEqual([execution]);
    const { lifecyclePolicy } = await send(new GetLifecyclePolicyCommand({ lifecyclePolicyArn: arn }));
    expect(lifecyclePolicy!.dateLastRun).toBeInstanceOf(Date);
  });

  it("does nothing while there are no more images than it keeps", async () => {
    await bake({ App: "few" });
    const execution = await run(await policy({ App: "few" }));
    expect(execution).toMatchObject({
      state: { status: "SUCCESS" },
      resourcesImpactedSummary: { hasImpactedResources: false },
    });
  });

  it("leaves an image and its AMI alone from which an instance was launched lately", async () => {
    const old = await bake({ App: "launched" });
    await bake({ App: "launched" });
    launched = new Date().toISOString();
    const arn = await policy(
      { App: "launched" },
      {
        policyDetails: [
          {
            action: { type: "DELETE", includeResources: { amis: true, snapshots: true } },
            filter: { type: "COUNT", value: 1 },
            exclusionRules: { amis: { isPublic: false, lastLaunched: { unit: "DAYS", value: 30 } } },
          },
        ],
      },
    );
    const execution = await run(arn);
    expect(execution.state!.status).toBe("SUCCESS");
    expect((await resources(execution.lifecycleExecutionId!))[0]!.state).toEqual({
      status: "SKIPPED",
      reason: "An AMI of the image is excluded.",
    });
    expect((await resources(execution.lifecycleExecutionId!, old))[0]!.state).toEqual({
      status: "SKIPPED",
      reason: `An instance was launched from the AMI at ${launched}.`,
    });
    expect(fixture.ec2.commandCalls(DeregisterImageCommand)).toEqual([]);

    const later = await run(arn, new Date(Date.now() + 31 * 86_400_000));
    expect((await resources(later.lifecycleExecutionId!))[0]).toMatchObject({
      resourceId: old,
      state: { status: "SUCCESS" },
    });
  });

  it.each([
    [{ isPublic: true }, [{ Group: "all" as const }], "The AMI is public."],
    [
      { sharedAccounts: ["222233334444"] },
      [{ UserId: "222233334444" }],
      "The AMI is shared with the account 222233334444.",
    ],
    [{ regions: ["eu-central-1"] }, [], "The policy excludes AMIs in eu-central-1."],
    [{ tagMap: { CreatedBy: "EC2 Image Builder" } }, [], "The AMI has a tag that the policy excludes."],
  ])("excludes AMIs by %j", async (excluded, LaunchPermissions, reason) => {
    const App = JSON.stringify(excluded).replace(/\W/g, "");
    const old = await bake({ App });
    await bake({ App });
    fixture.ec2
      .on(DescribeImageAttributeCommand, { Attribute: "launchPermission" })
      .resolves({ LaunchPermissions });
    const action = { type: "DELETE" as const, includeResources: { amis: true } };
    const arn = await policy(
      { App },
      {
        policyDetails: [{ action, filter: { type: "COUNT", value: 1 }, exclusionRules: { amis: excluded } }],
      },
    );
    const { lifecycleExecutionId } = await run(arn);
    expect((await resources(lifecycleExecutionId!, old))[0]!.state).toEqual({ status: "SKIPPED", reason });
  });

  it("deprecates by age, and a deprecated image is listed only when it is asked for", async () => {
    const image = await bake({ App: "deprecated" }, recipeArns[1]);
    const arn = await policy(
      { App: "deprecated" },
      {
        policyDetails: [
          {
            action: { type: "DEPRECATE", includeResources: { amis: true } },
            filter: { type: "AGE", value: 6, unit: "MONTHS" },
          },
        ],
      },
    );
    expect((await run(arn)).resourcesImpactedSummary).toEqual({ hasImpactedResources: false });
    await run(arn, new Date(Date.now() + 200 * 86_400_000));
    const { image: after } = await send(new GetImageCommand({ imageBuildVersionArn: image }));
    expect(after!.state).toEqual({ status: "DEPRECATED" });
    expect(fixture.ec2.commandCalls(EnableImageDeprecationCommand)).toHaveLength(1);
    const listed = async (includeDeprecated?: boolean) =>
      (await send(new ListImagesCommand({ includeDeprecated }))).imageVersionList!.map(({ name }) => name);
    expect([await listed(true), await listed()]).toEqual([["app", "alone"], ["app"]]);
  });

  it("finds images by recipe with the calls that list them", async () => {
    const arn = await policy(
      {},
      {
        resourceSelection: { recipes: [{ name: "app", semanticVersion: "1.0.0" }] },
        policyDetails: [{ action: { type: "DISABLE" }, filter: { type: "AGE", value: 1, unit: "YEARS" } }],
      },
    );
    await run(arn);
    expect(asked()).toEqual(
      expect.arrayContaining(["imagebuilder:ListImages", "imagebuilder:ListImageBuildVersions"]),
    );
  });

  it("fails and says why when its role may not do what it asks", async () => {
    const old = await bake({ App: "denied" });
    await bake({ App: "denied" });
    const arn = await policy({ App: "denied" });
    fixture.gateway.denied.add("imagebuilder:DeleteImage");
    const execution = await run(arn);
    expect(execution.state).toEqual({ status: "FAILED", reason: "1 resources could not be changed." });
    expect((await resources(execution.lifecycleExecutionId!))[0]!.state).toEqual({
      status: "FAILED",
      reason: "not authorized to perform: imagebuilder:DeleteImage",
    });
    expect(await exists(old)).toBe(true);
  });

  it("fails when its role does not trust Image Builder", async () => {
    fixture.cloud.untrusting.add(role);
    const { state } = await run(await policy({ App: "untrusted" }));
    fixture.cloud.untrusting.clear();
    expect(state).toEqual({ status: "FAILED", reason: `${role} does not trust the service` });
  });

  it("does not run while it is disabled, or once it is deleted", async () => {
    const arn = await policy({ App: "disabled" }, { status: "DISABLED" });
    expect(() => fixture.part.runLifecyclePolicy(arn, new Date())).toThrow(/is disabled/);
    await send(new DeleteLifecyclePolicyCommand({ lifecyclePolicyArn: arn }));
    expect(() => fixture.part.runLifecyclePolicy(arn, new Date())).toThrow(/does not exist/);
  });

  const detail = (type: string, filter: object, includeResources?: object) => ({
    policyDetails: [{ action: { type, includeResources }, filter }] as never,
  });
  it.each([
    [detail("DEPRECATE", { type: "COUNT", value: 1 }), "COUNT can be used with the action DELETE only"],
    [detail("DELETE", { type: "AGE", value: 1 }), "AGE requires a 'unit'"],
    [detail("DELETE", { type: "COUNT", value: 1, retainAtLeast: 1 }), "'retainAtLeast' can be used"],
    [detail("DELETE", { type: "COUNT", value: 1 }, { snapshots: true }), "together with AMIs only"],
    [detail("DISABLE", { type: "AGE", value: 1, unit: "DAYS" }, { snapshots: true }), "AMIs only"],
    [{ resourceSelection: {} }, "Exactly one of 'recipes' and 'tagMap'"],
    [
      {
        policyDetails: [1, 2].map((value) => ({
          action: { type: "DELETE" as const },
          filter: { type: "COUNT" as const, value },
        })),
      },
      "more than one rule with the action DELETE",
    ],
  ])("is refused with %j", async (more, message) => {
    await expect(policy({ App: "refused" }, more)).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: expect.stringContaining(message),
    });
  });

  it("keeps when it last ran through an update", async () => {
    const arn = await policy({ App: "updated" });
    await run(arn);
    const { lifecyclePolicy } = await send(new GetLifecyclePolicyCommand({ lifecyclePolicyArn: arn }));
    const { executionRole, resourceType, resourceSelection, policyDetails } = lifecyclePolicy!;
    const settings = { executionRole, resourceType, resourceSelection, policyDetails };
    await send(new UpdateLifecyclePolicyCommand({ lifecyclePolicyArn: arn, ...settings, description: "b" }));
    const after = await send(new GetLifecyclePolicyCommand({ lifecyclePolicyArn: arn }));
    expect(after.lifecyclePolicy).toMatchObject({
      description: "b",
      dateLastRun: lifecyclePolicy!.dateLastRun,
    });
  });
});

describe("an update of an image's state", () => {
  const update = (resourceArn: string, more: Partial<StartResourceStateUpdateCommandInput>) =>
    send(new StartResourceStateUpdateCommand({ resourceArn, state: { status: "DISABLED" }, ...more }));
  const stateOf = async (arn: string) =>
    (await send(new GetImageCommand({ imageBuildVersionArn: arn }))).image!.state!.status;

  it("changes the image at once where nothing else is included", async () => {
    const arn = await bake({ App: "state" });
    expect((await update(arn, {})).lifecycleExecutionId).toBeUndefined();
    expect(await stateOf(arn)).toBe("DISABLED");
    await update(arn, { state: { status: "AVAILABLE" } });
    expect(await stateOf(arn)).toBe("AVAILABLE");
    expect(fixture.ec2.commandCalls(DisableImageCommand)).toEqual([]);
  });

  it("deletes an image with its AMI and snapshots as the role that it names", async () => {
    const arn = await bake({ App: "deleted" });
    const { lifecycleExecutionId } = await update(arn, {
      state: { status: "DELETED" },
      executionRole: role,
      includeResources: { amis: true, snapshots: true },
      exclusionRules: { amis: { lastLaunched: { unit: "DAYS", value: 30 } } },
    });
    const execution = await ended(lifecycleExecutionId!);
    expect(execution).toMatchObject({ state: { status: "SUCCESS" } });
    expect(execution.lifecyclePolicyArn).toBeUndefined();
    expect(await exists(arn)).toBe(false);
    const { lifecycleExecutions } = await send(new ListLifecycleExecutionsCommand({ resourceArn: arn }));
    expect(lifecycleExecutions).toHaveLength(1);
  });

  it("deprecates AMIs at once and the image when its time has come, unless it is cancelled", async () => {
    const arn = await bake({ App: "scheduled" });
    const updateAt = new Date(Date.now() + 3_600_000);
    const scheduled = {
      state: { status: "DEPRECATED" as const },
      executionRole: role,
      includeResources: { amis: true },
      updateAt,
    };
    const { lifecycleExecutionId } = await update(arn, scheduled);
    const calls = await until(
      async () => fixture.ec2.commandCalls(EnableImageDeprecationCommand),
      (found) => found.length > 0,
    );
    expect(Math.abs(calls[0]!.args[0].input.DeprecateAt!.getTime() - updateAt.getTime())).toBeLessThan(1000);
    expect(await stateOf(arn)).toBe("AVAILABLE");
    await expect(update(arn, scheduled)).rejects.toMatchObject({ name: "ResourceInUseException" });
    const cancel = new CancelLifecycleExecutionCommand({ lifecycleExecutionId });
    await send(cancel);
    expect((await ended(lifecycleExecutionId!)).state!.status).toBe("CANCELLED");
    await expect(send(new CancelLifecycleExecutionCommand({ lifecycleExecutionId }))).rejects.toMatchObject({
      name: "ResourceInUseException",
    });

    const soon = await update(arn, {
      state: { status: "DEPRECATED" },
      updateAt: new Date(Date.now() + 2000),
    });
    await ended(soon.lifecycleExecutionId!);
    expect(await stateOf(arn)).toBe("DEPRECATED");
  });

  it.each<[Partial<StartResourceStateUpdateCommandInput>, string]>([
    [{ state: { status: "DELETED" } }, "underlying resources must be included"],
    [{ executionRole: role }, "must be supplied together"],
    [{ executionRole: role, includeResources: { amis: true, snapshots: true } }, "DELETED only"],
    [{ updateAt: new Date(Date.now() + 60_000) }, "DEPRECATED only"],
    [{ state: { status: "DEPRECATED" }, updateAt: new Date(0) }, "must be in the future"],
  ])("is refused with %j", async (more, message) => {
    const [image] = (await send(new ListImagesCommand({ includeDeprecated: true }))).imageVersionList!;
    const arn = await bake({ App: `refused ${image!.name}` });
    await expect(update(arn, more)).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: expect.stringContaining(message),
    });
  });
});

import {
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  RegisterImageCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateComponentCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  CreateLifecyclePolicyCommand,
  ListImagesCommand,
  UpdateLifecyclePolicyCommand,
} from "@aws-sdk/client-imagebuilder";
import { lifecycleRunPath, runLifecyclePolicy } from "../../rehearsal/cloud/imagebuilder/lifecycle-run";
import { ImageLifecycle } from "../../rehearsal/image-lifecycle";
import { ImageBuilderFixture, parentImage } from "./cloud/imagebuilder/image-builder-fixture";

// bakes take seconds on a busy machine
jest.setTimeout(30_000);

const fixture = new ImageBuilderFixture();
const amis = new Set<string>();
let lifecycle: ImageLifecycle;
let imagePipelineArn: string | undefined;
let lifecyclePolicyArn: string | undefined;

const data = `schemaVersion: 1.0
phases: [{ name: build, steps: [{ name: A, action: ExecuteBash, inputs: { commands: ["true"] } }] }]
`;
const settings = (value: number) => ({
  executionRole: "arn:aws:iam::111122223333:role/lifecycle",
  resourceType: "AMI_IMAGE" as const,
  resourceSelection: { tagMap: { Application: "hello" } },
  policyDetails: [
    {
      action: { type: "DELETE" as const, includeResources: { amis: true, snapshots: true } },
      filter: { type: "COUNT" as const, value },
      exclusionRules: { amis: { isPublic: false, lastLaunched: { unit: "DAYS" as const, value: 30 } } },
    },
  ],
});

beforeAll(async () => {
  await fixture.start();
  const { client, ec2, gateway } = fixture;
  ec2.on(RegisterImageCommand).callsFake(async () => {
    const ImageId = `ami-${amis.size + 1}`;
    amis.add(ImageId);
    return { ImageId };
  });
  ec2.on(DescribeImagesCommand).callsFake(async ({ Filters }) => ({
    Images: (Filters[0].Values as string[]).filter((id) => amis.has(id)).map((ImageId) => ({ ImageId })),
  }));
  ec2.on(DescribeImageAttributeCommand).resolves({});
  ec2.on(DescribeSnapshotsCommand).resolves({});
  ec2.on(DeregisterImageCommand).callsFake(async ({ ImageId }) => void amis.delete(ImageId));
  gateway.raw.set(lifecycleRunPath, async ({ method = "", url = "" }, response) => {
    const request = { method, url: new URL(url, gateway.endpoint), headers: {}, body: Buffer.alloc(0) };
    const { status, headers, body } = await runLifecyclePolicy(fixture.part, request);
    response.writeHead(status, headers).end(body);
  });
  const component = await client.send(
    new CreateComponentCommand({ name: "hello", semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  const recipe = await client.send(
    new CreateImageRecipeCommand({
      name: "hello",
      semanticVersion: "1.0.0",
      parentImage,
      components: [{ componentArn: component.componentBuildVersionArn }],
    }),
  );
  const infrastructure = await client.send(
    new CreateInfrastructureConfigurationCommand({ name: "hello", instanceProfileName: "builder" }),
  );
  const pipeline = await client.send(
    new CreateImagePipelineCommand({
      name: "hello",
      imageRecipeArn: recipe.imageRecipeArn,
      infrastructureConfigurationArn: infrastructure.infrastructureConfigurationArn,
      imageTestsConfiguration: { imageTestsEnabled: false },
    }),
  );
  imagePipelineArn = pipeline.imagePipelineArn;
  const policy = await client.send(new CreateLifecyclePolicyCommand({ name: "hello", ...settings(20) }));
  lifecyclePolicyArn = policy.lifecyclePolicyArn;
  lifecycle = new ImageLifecycle({
    options: { ...gateway.client, credentials: { ...gateway.client.credentials, sessionToken: "" } },
    policyName: "hello",
    imagePipelineArn: imagePipelineArn!,
    applicationName: "hello",
    signal: new AbortController().signal,
  });
});
afterAll(() => fixture.stop());

it("has the policy's role delete an image of its own, and nothing else", async () => {
  expect(await lifecycle.deleteOneMore()).toBe("ami-1");
  expect(amis.size).toBe(0);
  expect((await fixture.client.send(new ListImagesCommand({}))).imageVersionList).toEqual([]);
  expect(fixture.cloud.assumed).toContain(
    "imagebuilder.amazonaws.com arn:aws:iam::111122223333:role/lifecycle",
  );
});

it("fails when an AMI is still there that was to be deleted", async () => {
  fixture.ec2.on(DeregisterImageCommand).resolves({});
  await expect(lifecycle.deleteOneMore()).rejects.toThrow(/the AMI ami-1 .* is still there/);
  fixture.ec2.on(DeregisterImageCommand).callsFake(async ({ ImageId }) => void amis.delete(ImageId));
});

it("fails with what the role may not do", async () => {
  fixture.gateway.denied.add("imagebuilder:DeleteImage");
  await expect(lifecycle.deleteOneMore()).rejects.toThrow(
    /is FAILED: .* FAILED: not authorized to perform: imagebuilder:DeleteImage/,
  );
  fixture.gateway.denied.clear();
});

it("runs the policy, and fails when it acts on an image that it was to keep", async () => {
  expect(await lifecycle.runPolicy()).toBe(1);
  fixture.gateway.denied.add("imagebuilder:DeleteImage");
  await expect(lifecycle.deleteOneMore()).rejects.toThrow();
  fixture.gateway.denied.clear();
  await fixture.client.send(new UpdateLifecyclePolicyCommand({ lifecyclePolicyArn, ...settings(1) }));
  await expect(lifecycle.runPolicy()).rejects.toThrow(/acted on an image of a release/);
});

import {
  type CreateComponentCommandInput,
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  CreateLifecyclePolicyCommand,
  DeleteComponentCommand,
  DeleteImagePipelineCommand,
  DeleteImageRecipeCommand,
  DeleteInfrastructureConfigurationCommand,
  GetComponentCommand,
  GetImageCommand,
  GetImagePipelineCommand,
  GetImageRecipeCommand,
  GetInfrastructureConfigurationCommand,
  ImportComponentCommand,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  ListImageScanFindingsCommand,
  ListImageRecipesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateInfrastructureConfigurationCommand,
} from "@aws-sdk/client-imagebuilder";
import { parseDocument } from "../../../../rehearsal/cloud/imagebuilder/runner/parse-document";
import { builderRole, ImageBuilderFixture, parentImage } from "./image-builder-fixture";

const account = "arn:aws:imagebuilder:eu-central-1:111122223333";
const data = `schemaVersion: 1.0
parameters: [{ Version: { type: string } }, { Colour: { type: string, default: red } }]
phases: [{ name: build, steps: [{ name: A, action: ExecuteBash, inputs: { commands: [ls] } }] }]
`;

const fixture = new ImageBuilderFixture();
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(() => {
  fixture.gateway.denied.clear();
  expect(fixture.gateway.unexpected).toEqual([]);
});

const send: ImageBuilderFixture["client"]["send"] = ((command: never) =>
  fixture.client.send(command)) as never;
const component = (more: Partial<CreateComponentCommandInput> = {}) =>
  send(
    new CreateComponentCommand({
      name: "My Component",
      semanticVersion: "1.0.0",
      platform: "Linux",
      data,
      ...more,
    }),
  );
const recipe = (semanticVersion: string, more: object = {}) =>
  send(
    new CreateImageRecipeCommand({
      name: "app",
      semanticVersion,
      parentImage,
      components: [
        {
          componentArn: `${account}:component/my-component/1.0.0/1`,
          parameters: [{ name: "Version", value: ["1"] }],
        },
      ],
      ...more,
    }),
  );

describe("components", () => {
  it("get a normalized ARN, and another build for the same version", async () => {
    const first = await component({ tags: { a: "b" } });
    expect(first.componentBuildVersionArn).toBe(`${account}:component/my-component/1.0.0/1`);
    expect((await component()).componentBuildVersionArn).toBe(`${account}:component/my-component/1.0.0/2`);
  });

  it("are imported from a shell script, which becomes a step of the document", async () => {
    const imported = await send(
      new ImportComponentCommand({
        name: "script",
        semanticVersion: "1.0.0",
        type: "TEST",
        format: "SHELL",
        platform: "Linux",
        data: "set -e\necho 'it: works'\n",
      }),
    );
    const { component: found } = await send(
      new GetComponentCommand({ componentBuildVersionArn: imported.componentBuildVersionArn }),
    );
    expect(found!.type).toBe("TEST");
    expect(parseDocument(found!.data!).phases).toMatchObject([
      {
        name: "test",
        steps: [{ action: "ExecuteBash", inputs: { commands: ["set -e\necho 'it: works'\n"] } }],
      },
    ]);
    await send(new DeleteComponentCommand({ componentBuildVersionArn: imported.componentBuildVersionArn }));
  });

  it("are only checked in a dry run", async () => {
    const dryRun = { semanticVersion: "7.0.0", dryRun: true } as Partial<CreateComponentCommandInput>;
    await expect(component(dryRun)).rejects.toMatchObject({ name: "DryRunOperationException" });
    await expect(component({ ...dryRun, data: "schemaVersion: 2.0" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });

  it("are made once for a client token", async () => {
    const first = await component({ semanticVersion: "1.1.0", clientToken: "token" });
    const second = await component({ semanticVersion: "1.1.0", clientToken: "token" });
    expect(second.componentBuildVersionArn).toBe(first.componentBuildVersionArn);
    await expect(component({ semanticVersion: "1.1.1", clientToken: "token" })).rejects.toMatchObject({
      name: "IdempotentParameterMismatchException",
    });
  });

  it("are read back as given, with what the document says", async () => {
    const arn = `${account}:component/my-component/1.0.0/1`;
    const { component: read } = await send(new GetComponentCommand({ componentBuildVersionArn: arn }));
    expect(read).toMatchObject({
      arn,
      name: "My Component",
      version: "1.0.0",
      type: "BUILD",
      data,
      owner: "111122223333",
      tags: { a: "b" },
    });
    expect(read?.parameters).toEqual([
      { name: "Version", type: "string" },
      { name: "Colour", type: "string", defaultValue: ["red"] },
    ]);
  });

  it("mean the newest when an ARN has x or no build", async () => {
    for (const [version, expected] of [
      ["1.0.0", "1.0.0/2"],
      ["1.x.x", "1.1.0/1"],
    ]) {
      const arn = `${account}:component/my-component/${version}`;
      const { component: read } = await send(new GetComponentCommand({ componentBuildVersionArn: arn }));
      expect(read?.arn).toBe(`${account}:component/my-component/${expected}`);
    }
  });

  it("are listed by version, page by page, and by build", async () => {
    const page = await send(new ListComponentsCommand({ maxResults: 1 }));
    const rest = await send(new ListComponentsCommand({ nextToken: page.nextToken }));
    expect([...page.componentVersionList!, ...rest.componentVersionList!].map(({ arn }) => arn)).toEqual([
      `${account}:component/my-component/1.0.0`,
      `${account}:component/my-component/1.1.0`,
    ]);
    const builds = await send(
      new ListComponentBuildVersionsCommand({
        componentVersionArn: `${account}:component/my-component/1.0.0`,
      }),
    );
    expect(builds.componentSummaryList).toHaveLength(2);
    await expect(send(new ListComponentsCommand({ nextToken: "no" }))).rejects.toMatchObject({
      name: "InvalidPaginationTokenException",
    });
  });

  it.each([
    [
      "a document that can't be run",
      { data: "schemaVersion: 1.0" },
      "InvalidParameterValueException",
      "Failed to parse document. Error: phases must be a list",
    ],
    ["a version with x", { semanticVersion: "1.0.x" }, "ValidationException", "semanticVersion"],
    ["neither data nor uri", { data: undefined }, "InvalidParameterCombinationException", "Exactly one of"],
    ["another platform", { platform: "Windows" as const }, "InvalidParameterValueException", "Only Linux"],
  ])("refuse %s", async (_case, input, name, message) => {
    await expect(component(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });
});

describe("recipes", () => {
  it("draw the next number for x, and refuse a version that exists", async () => {
    expect((await recipe("1.0.0")).imageRecipeArn).toBe(`${account}:image-recipe/app/1.0.0`);
    expect((await recipe("1.0.x")).imageRecipeArn).toBe(`${account}:image-recipe/app/1.0.1`);
    await expect(recipe("1.0.0")).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
      message: `The following resource 'ImageRecipe' already exists: '${account}:image-recipe/app/1.0.0'.`,
    });
  });

  it("are read back as given", async () => {
    const { imageRecipe } = await send(
      new GetImageRecipeCommand({ imageRecipeArn: `${account}:image-recipe/app/1.0.0` }),
    );
    expect(imageRecipe).toMatchObject({ parentImage, version: "1.0.0", platform: "Linux", type: "AMI" });
    expect((await send(new ListImageRecipesCommand({}))).imageRecipeSummaryList).toHaveLength(2);
  });

  it.each([
    [
      "a parameter that the component lacks",
      [{ name: "Other", value: ["1"] }],
      "The following parameters are not defined in the provided component: Other",
    ],
    ["a parameter without default left out", undefined, "must be provided: Version"],
  ])("refuse %s", async (_case, parameters, message) => {
    const components = [{ componentArn: `${account}:component/my-component/1.0.0/1`, parameters }];
    await expect(recipe("2.0.0", { components })).rejects.toMatchObject({
      name: "InvalidParameterCombinationException",
      message: expect.stringContaining(message),
    });
  });

  it("need to read their components and their parent image", async () => {
    for (const action of [
      "imagebuilder:GetComponent",
      "imagebuilder:GetImage",
      "imagebuilder:TagResource",
      "ec2:DescribeImages",
    ]) {
      fixture.gateway.denied.clear();
      fixture.gateway.denied.add(action);
      await expect(recipe("3.0.0", { tags: { a: "b" } })).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    }
  });
});

describe("configurations and pipelines", () => {
  it("hand the instance profile's role over to EC2", async () => {
    const input = { name: "infra", instanceProfileName: "builder", resourceTags: { a: "b" } };
    const { infrastructureConfigurationArn: arn } = await send(
      new CreateInfrastructureConfigurationCommand(input),
    );
    expect(fixture.gateway.asked).toContainEqual({
      action: "iam:PassRole",
      resource: builderRole,
      context: { "iam:PassedToService": "ec2.amazonaws.com" },
    });
    await send(
      new UpdateInfrastructureConfigurationCommand({
        infrastructureConfigurationArn: arn,
        instanceProfileName: "builder",
        description: "new",
      }),
    );
    const read = await send(
      new GetInfrastructureConfigurationCommand({ infrastructureConfigurationArn: arn }),
    );
    expect(read.infrastructureConfiguration).toMatchObject({ name: "infra", description: "new" });
    expect(read.infrastructureConfiguration?.resourceTags).toBeUndefined();
  });

  it("refuse an instance profile that does not exist", async () => {
    const input = { name: "other", instanceProfileName: "nobody" };
    await expect(send(new CreateInfrastructureConfigurationCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
    });
  });

  it("can't be deleted while a pipeline uses them", async () => {
    await send(
      new CreateDistributionConfigurationCommand({
        name: "dist",
        distributions: [{ region: "eu-central-1" }],
      }),
    );
    const parts = {
      imageRecipeArn: `${account}:image-recipe/app/1.0.0`,
      infrastructureConfigurationArn: `${account}:infrastructure-configuration/infra`,
    };
    const { imagePipelineArn } = await send(new CreateImagePipelineCommand({ name: "pipe", ...parts }));
    const { imagePipeline } = await send(new GetImagePipelineCommand({ imagePipelineArn }));
    expect(imagePipeline).toMatchObject({
      status: "ENABLED",
      imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 720 },
    });
    const dependency = { name: "ResourceDependencyException" };
    const { infrastructureConfigurationArn, imageRecipeArn } = parts;
    await expect(
      send(new DeleteInfrastructureConfigurationCommand({ infrastructureConfigurationArn })),
    ).rejects.toMatchObject(dependency);
    await expect(send(new DeleteImageRecipeCommand({ imageRecipeArn }))).rejects.toMatchObject(dependency);
    await expect(
      send(
        new DeleteComponentCommand({ componentBuildVersionArn: `${account}:component/my-component/1.0.0/1` }),
      ),
    ).rejects.toMatchObject(dependency);
    await send(new DeleteImagePipelineCommand({ imagePipelineArn }));
    await send(new DeleteInfrastructureConfigurationCommand({ infrastructureConfigurationArn }));
    await expect(
      send(new GetInfrastructureConfigurationCommand({ infrastructureConfigurationArn })),
    ).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("keep a lifecycle policy and need to pass its role", async () => {
    await send(
      new CreateLifecyclePolicyCommand({
        name: "life",
        executionRole: "life",
        resourceType: "AMI_IMAGE",
        policyDetails: [{ action: { type: "DELETE" }, filter: { type: "COUNT", value: 3 } }],
        resourceSelection: { tagMap: { a: "b" } },
      }),
    );
    expect(fixture.gateway.asked).toContainEqual({
      action: "iam:PassRole",
      resource: "arn:aws:iam::111122223333:role/life",
      context: { "iam:PassedToService": "imagebuilder.amazonaws.com" },
    });
  });
});

it("tags and untags", async () => {
  const resourceArn = `${account}:image-recipe/app/1.0.0`;
  await send(new TagResourceCommand({ resourceArn, tags: { a: "1", b: "2" } }));
  await send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
  expect((await send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: "2" });
});

it("resolves AWS's own images", async () => {
  const { image } = await send(new GetImageCommand({ imageBuildVersionArn: parentImage }));
  expect(image?.arn).toMatch(/:aws:image\/amazon-linux-2023-arm64\/\d+\.\d+\.\d+\/1$/);
  await expect(
    send(new GetImageCommand({ imageBuildVersionArn: parentImage.replace("arm64", "mips") })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

it("answers an operation that it does not serve with the service's error", async () => {
  await expect(send(new ListImageScanFindingsCommand({}))).rejects.toMatchObject({
    name: "UnknownOperationException",
  });
});

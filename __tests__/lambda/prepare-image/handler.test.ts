import { createHash } from "node:crypto";
import { CodeCommitClient, GetCommitCommand } from "@aws-sdk/client-codecommit";
import {
  CreateComponentCommand,
  CreateImageRecipeCommand,
  DeleteComponentCommand,
  GetComponentCommand,
  GetImageRecipeCommand,
  ImagebuilderClient,
  ListImageBuildVersionsCommand,
} from "@aws-sdk/client-imagebuilder";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { strToU8, zipSync } from "fflate";
import { handler } from "../../../lambda/prepare-image/handler";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

const scope = "arn:aws:imagebuilder:eu-west-1:111122223333";
const baseArn = `${scope}:image-recipe/shop-base/1.0.0`;
const recipeArn = `${scope}:image-recipe/shop-release/1.0.7`;
const componentArn = `${scope}:component/shop-application/1.0.7/1`;
const jar = strToU8("a jar");
const archive = zipSync({ "app.jar": jar, "image/component.yml": strToU8("the document") });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const parameters = {
  ExecutionId: executionId,
  Version: "1.0.7",
  RepositoryName: "shop",
  BranchName: "main",
  CommitId: "c0ffee",
  JarSha256: sha256(jar),
};
const event = jobEvent({ parameters, artifacts: [{ bucket: "artifacts", key: "shop/Build/abc" }] });
const base = {
  parentImage: `${scope}:image/amazon-linux-2023/x.x.x`,
  components: [{ componentArn: "arn:base" }],
  blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: true } }],
  workingDirectory: "/tmp",
  additionalInstanceConfiguration: { systemsManagerAgent: { uninstallAfterBuild: false } },
};
const ourComponent = {
  componentArn,
  parameters: [
    { name: "ArtifactUri", value: ["s3://artifacts/shop/Build/abc"] },
    { name: "ArtifactSha256", value: [sha256(archive)] },
    { name: "Version", value: ["1.0.7"] },
    { name: "CommitId", value: ["c0ffee"] },
  ],
};
const [s3, codeCommit, imageBuilder, answers] = [
  mockClient(S3Client),
  mockClient(CodeCommitClient),
  mockClient(ImagebuilderClient),
  new Answers(),
];
const notFound = serviceError("ResourceNotFoundException");

function giveArchive(bytes: Uint8Array, ContentLength = bytes.length): void {
  const Body = { transformToByteArray: async () => bytes };
  s3.on(GetObjectCommand).resolves({ Body: Body as never, ContentLength });
}

beforeEach(() => {
  silenceLogs();
  for (const mock of [s3, codeCommit, imageBuilder]) mock.reset();
  answers.reset();
  Object.assign(process.env, {
    AWS_REGION: "eu-west-1",
    APPLICATION: "shop",
    BASE_RECIPE_ARN: baseArn,
    BASE_IMAGE_VERSION_ARN: "none",
    COMPONENT_NAME: "shop-application",
    RECIPE_NAME: "shop-release",
  });
  giveArchive(archive);
  const date = "1484167798 -0800";
  codeCommit
    .on(GetCommitCommand)
    .resolves({ commit: { message: "fix: (all)\n", author: { date }, committer: { date } } });
  imageBuilder.on(GetImageRecipeCommand, { imageRecipeArn: baseArn }).resolves({ imageRecipe: base });
  imageBuilder.on(GetImageRecipeCommand, { imageRecipeArn: recipeArn }).rejects(notFound);
  imageBuilder.on(GetComponentCommand).rejects(notFound);
  imageBuilder.on(CreateComponentCommand).resolves({ componentBuildVersionArn: componentArn });
  imageBuilder.on(CreateImageRecipeCommand).resolves({ imageRecipeArn: recipeArn });
  imageBuilder.on(DeleteComponentCommand).resolves({});
});

describe("preparing an image", () => {
  it("makes the component from the commit's document", async () => {
    await handler(event);
    expect(imageBuilder.commandCalls(CreateComponentCommand)[0]?.args[0].input).toEqual(
      expect.objectContaining({
        name: "shop-application",
        semanticVersion: "1.0.7",
        platform: "Linux",
        data: "the document",
        tags: expect.objectContaining({ Application: "shop", AuthorDate: "2017-01-11T12:49:58-08:00" }),
      }),
    );
  });

  it("makes the recipe from the base recipe and the component", async () => {
    await handler(event);
    expect(imageBuilder.commandCalls(CreateImageRecipeCommand)[0]?.args[0].input).toEqual(
      expect.objectContaining({
        ...base,
        name: "shop-release",
        semanticVersion: "1.0.7",
        components: [...base.components, ourComponent],
        amiTags: expect.objectContaining({ CommitMessage: "fix: all", ArtifactSha256: sha256(archive) }),
      }),
    );
    expect(answers.outputs).toEqual({
      ComponentArn: componentArn,
      ImageRecipeArn: recipeArn,
      ArtifactSha256: sha256(archive),
    });
  });

  it("looks for no base image where none is baked", async () => {
    await handler(event);
    expect(imageBuilder.commandCalls(ListImageBuildVersionsCommand)).toHaveLength(0);
  });

  describe("where a base image is baked on a schedule", () => {
    const imageVersionArn = `${scope}:image/shop-base-0123abcd/1.0.0`;
    const build = (number: number, status: "AVAILABLE" | "FAILED" | "BUILDING", region = "eu-west-1") => ({
      arn: `${imageVersionArn}/${number}`,
      state: { status },
      outputResources: { amis: [{ region, image: `ami-${number}` }] },
    });
    const recipeInput = () => imageBuilder.commandCalls(CreateImageRecipeCommand)[0]?.args[0].input;
    beforeEach(() => {
      process.env.BASE_IMAGE_VERSION_ARN = imageVersionArn;
    });

    it("adds the component alone to the newest that is available", async () => {
      imageBuilder
        .on(ListImageBuildVersionsCommand, { imageVersionArn, nextToken: undefined })
        .resolves({ imageSummaryList: [build(9, "AVAILABLE"), build(12, "FAILED")], nextToken: "next" })
        .on(ListImageBuildVersionsCommand, { imageVersionArn, nextToken: "next" })
        .resolves({ imageSummaryList: [build(10, "AVAILABLE"), build(11, "BUILDING")] });
      await handler(event);
      expect(recipeInput()).toEqual(
        expect.objectContaining({
          parentImage: "ami-10",
          components: [ourComponent],
          blockDeviceMappings: base.blockDeviceMappings,
        }),
      );
      expect(answers.outputs).toEqual(expect.objectContaining({ ImageRecipeArn: recipeArn }));
    });

    it.each([
      ["there is none", []],
      ["none is available", [build(1, "FAILED"), build(2, "BUILDING")]],
      ["none has an AMI in this region", [build(1, "AVAILABLE", "us-east-1")]],
    ])("bakes the whole base recipe when %s", async (_, imageSummaryList) => {
      imageBuilder.on(ListImageBuildVersionsCommand).resolves({ imageSummaryList });
      await handler(event);
      expect(recipeInput()).toEqual(
        expect.objectContaining({
          parentImage: base.parentImage,
          components: [...base.components, ourComponent],
        }),
      );
    });

    it("fails, and makes nothing, when it can't be told", async () => {
      imageBuilder.on(ListImageBuildVersionsCommand).rejects(serviceError("ForbiddenException", "no"));
      await handler(event);
      expect(answers.failure).toBe("ForbiddenException: no");
      expect(imageBuilder.commandCalls(CreateComponentCommand)).toHaveLength(0);
    });
  });

  it("sends the same client tokens when a job is delivered twice, and others in a retry", async () => {
    await handler(event);
    await handler(event);
    await handler(
      jobEvent({ id: "job-2", parameters, artifacts: [{ bucket: "artifacts", key: "shop/Build/abc" }] }),
    );
    const [first, second, retry] = imageBuilder
      .commandCalls(CreateComponentCommand)
      .map((call) => call.args[0].input.clientToken);
    expect(second).toBe(first);
    expect(retry).not.toBe(first);
  });

  it("takes what an earlier attempt made of the same content", async () => {
    imageBuilder.on(GetComponentCommand).resolves({ component: { arn: componentArn, data: "the document" } });
    imageBuilder
      .on(GetImageRecipeCommand, { imageRecipeArn: recipeArn })
      .resolves({ imageRecipe: { ...base, arn: recipeArn, components: [...base.components, ourComponent] } });
    await handler(event);
    expect(answers.outputs).toEqual(expect.objectContaining({ ImageRecipeArn: recipeArn }));
    expect(imageBuilder.commandCalls(CreateComponentCommand)).toHaveLength(0);
    expect(imageBuilder.commandCalls(CreateImageRecipeCommand)).toHaveLength(0);
  });

  it("takes what another delivery made between the look and the call", async () => {
    const exists = serviceError("ResourceAlreadyExistsException");
    imageBuilder
      .on(GetComponentCommand)
      .rejectsOnce(notFound)
      .resolves({ component: { arn: componentArn, data: "the document" } });
    imageBuilder.on(CreateComponentCommand).rejects(exists);
    imageBuilder.on(CreateImageRecipeCommand).rejects(exists);
    imageBuilder
      .on(GetImageRecipeCommand, { imageRecipeArn: recipeArn })
      .rejectsOnce(notFound)
      .resolves({ imageRecipe: { ...base, arn: recipeArn, components: [...base.components, ourComponent] } });
    await handler(event);
    expect(answers.outputs).toEqual(expect.objectContaining({ ComponentArn: componentArn }));
    expect(imageBuilder.commandCalls(DeleteComponentCommand)).toHaveLength(0);
  });

  it("fails when the version exists with another document", async () => {
    imageBuilder.on(GetComponentCommand).resolves({ component: { arn: componentArn, data: "another" } });
    await handler(event);
    expect(answers.failure).toContain(`component ${componentArn} exists with another document`);
  });

  it("fails when the recipe exists with other content, and names both", async () => {
    const components = [{ componentArn: "arn:other" }];
    imageBuilder
      .on(GetImageRecipeCommand, { imageRecipeArn: recipeArn })
      .resolves({ imageRecipe: { ...base, components } });
    await handler(event);
    expect(answers.failure).toContain("arn:other");
    expect(answers.failure).toContain(sha256(archive));
  });

  it("deletes the component that it made when the recipe can't be made", async () => {
    imageBuilder
      .on(CreateImageRecipeCommand)
      .rejects(serviceError("ServiceQuotaExceededException", "too many"));
    imageBuilder.on(DeleteComponentCommand).rejects(serviceError("ThrottlingException"));
    await handler(event);
    expect(imageBuilder.commandCalls(DeleteComponentCommand)[0]?.args[0].input).toEqual({
      componentBuildVersionArn: componentArn,
    });
    expect(answers.failure).toBe("ServiceQuotaExceededException: too many");
  });

  it("keeps a component of an earlier attempt when the recipe can't be made", async () => {
    imageBuilder.on(GetComponentCommand).resolves({ component: { arn: componentArn, data: "the document" } });
    imageBuilder.on(CreateImageRecipeCommand).rejects(serviceError("ServiceException"));
    await handler(event);
    expect(imageBuilder.commandCalls(DeleteComponentCommand)).toHaveLength(0);
  });

  it.each([
    ["a garbage artifact", () => giveArchive(strToU8("garbage")), "no zip archive"],
    [
      "an artifact that is too big",
      () => giveArchive(archive, 300_000_000),
      "has 300000000 bytes; allowed: 200000000",
    ],
    [
      "an artifact that is gone",
      () => s3.on(GetObjectCommand).rejects(serviceError("NoSuchKey")),
      "NoSuchKey: ",
    ],
    [
      "a commit that does not exist",
      () => codeCommit.on(GetCommitCommand).rejects(serviceError("CommitIdDoesNotExistException")),
      "CommitIdDoesNotExistException: ",
    ],
    [
      "a base recipe that is missing",
      () => imageBuilder.on(GetImageRecipeCommand, { imageRecipeArn: baseArn }).rejects(notFound),
      "ResourceNotFoundException: ",
    ],
  ])("fails on %s and makes nothing", async (_what, arrange, message) => {
    arrange();
    await handler(event);
    expect(answers.failure).toContain(message);
    expect(imageBuilder.commandCalls(CreateComponentCommand)).toHaveLength(0);
  });

  it("fails without an input artifact", async () => {
    await handler(jobEvent({ parameters }));
    expect(answers.failure).toBe("the action has 0 input artifacts; expected: the build's, alone");
  });
});

import {
  GetImageCommand,
  GetImagePipelineCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
  UpdateImagePipelineCommand,
  type Image,
  type ImageStatus,
} from "@aws-sdk/client-imagebuilder";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/bake-image/handler";
import { encodeContinuation } from "../../../lambda/shared/continuation";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

// waits between two looks at what may not be known everywhere yet
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const pipelineArn = "arn:aws:imagebuilder:eu-west-1:111122223333:image-pipeline/shop-image";
const recipeArn = "arn:aws:imagebuilder:eu-west-1:111122223333:image-recipe/shop-release/1.0.7";
const imageArn = "arn:aws:imagebuilder:eu-west-1:111122223333:image/shop-release/1.0.7/1";
const parameters = { ExecutionId: executionId, Version: "1.0.7", ImageRecipeArn: recipeArn };
const continuationToken = encodeContinuation("bake-image", executionId, { state: { imageArn }, misses: 0 });
const [imageBuilder, answers] = [mockClient(ImagebuilderClient), new Answers()];
const pipeline = {
  arn: pipelineArn,
  imageRecipeArn: "arn:old",
  infrastructureConfigurationArn: "arn:infrastructure",
  distributionConfigurationArn: "arn:distribution",
  imageTestsConfiguration: { imageTestsEnabled: true, timeoutMinutes: 60 },
  status: "ENABLED" as const,
  tags: { Application: "shop" },
};

beforeEach(() => {
  silenceLogs();
  imageBuilder.reset();
  answers.reset();
  Object.assign(process.env, { AWS_REGION: "eu-west-1", IMAGE_PIPELINE_ARN: pipelineArn });
  imageBuilder.on(GetImagePipelineCommand).resolves({ imagePipeline: pipeline });
  imageBuilder.on(UpdateImagePipelineCommand).resolves({});
  imageBuilder.on(StartImagePipelineExecutionCommand).resolves({ imageBuildVersionArn: imageArn });
});

describe("starting a bake", () => {
  it("points the image pipeline to the recipe and keeps everything else", async () => {
    await handler(jobEvent({ parameters }));
    const { clientToken: _token, ...update } =
      imageBuilder.commandCalls(UpdateImagePipelineCommand)[0]!.args[0].input;
    const { arn: _arn, tags: _tags, ...kept } = pipeline;
    expect(update).toEqual({ ...kept, imagePipelineArn: pipelineArn, imageRecipeArn: recipeArn });
  });

  it("leaves a pipeline that points there already", async () => {
    imageBuilder
      .on(GetImagePipelineCommand)
      .resolves({ imagePipeline: { ...pipeline, imageRecipeArn: recipeArn } });
    await handler(jobEvent({ parameters }));
    expect(imageBuilder.commandCalls(UpdateImagePipelineCommand)).toHaveLength(0);
  });

  it("waits for the image that it started", async () => {
    await handler(jobEvent({ parameters }));
    expect(answers.token).toBe(continuationToken);
    expect(imageBuilder.commandCalls(StartImagePipelineExecutionCommand)[0]?.args[0].input.tags).toEqual({
      Application: "shop",
      Version: "1.0.7",
    });
  });

  it("makes one image when a job is delivered twice", async () => {
    await handler(jobEvent({ parameters }));
    await handler(jobEvent({ parameters }));
    await handler(jobEvent({ parameters, id: "job-2" }));
    const [first, second, retry] = imageBuilder
      .commandCalls(StartImagePipelineExecutionCommand)
      .map((call) => call.args[0].input.clientToken);
    expect(second).toBe(first);
    expect(retry).not.toBe(first);
  });

  it.each(["ResourceNotFoundException", "ResourceInUseException", "IdempotentParameterMismatchException"])(
    "fails with the reason of %s",
    async (name) => {
      imageBuilder.on(StartImagePipelineExecutionCommand).rejects(serviceError(name));
      await handler(jobEvent({ parameters }));
      expect(answers.failure).toBe(`${name}: the service's own reason`);
    },
  );
});

describe("following a bake", () => {
  const event = jobEvent({ parameters, continuationToken });
  const give = (status: ImageStatus, more: Image = {}) =>
    imageBuilder.on(GetImageCommand).resolves({
      image: { arn: imageArn, state: { status }, imageRecipe: { arn: recipeArn }, ...more },
    });

  it.each(["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "INTEGRATING"] as const)(
    "goes on waiting while the image is %s",
    async (status) => {
      give(status);
      await handler(event);
      expect(answers.token).toBe(continuationToken);
      expect(answers.successes[0]?.executionDetails?.summary).toContain(status);
    },
  );

  it("reports the AMI of its own region", async () => {
    const amis = [
      { region: "us-east-1", image: "ami-far" },
      { region: "eu-west-1", image: "ami-near" },
    ];
    give("AVAILABLE", { outputResources: { amis } });
    await handler(event);
    expect(answers.outputs).toEqual({ ImageArn: imageArn, ImageId: "ami-near" });
  });

  it("fails when the image is in other regions only", async () => {
    give("AVAILABLE", { outputResources: { amis: [{ region: "us-east-1", image: "ami-far" }] } });
    await handler(event);
    expect(answers.failure).toContain("not in eu-west-1; its AMIs: ami-far in us-east-1");
  });

  it.each(["FAILED", "CANCELLED", "DELETED", "DEPRECATED"] as const)(
    "fails with Image Builder's reason when the image is %s",
    async (status) => {
      give(status, { state: { status, reason: "Step VerifyArtifact failed" } });
      await handler(event);
      expect(answers.failure).toBe(`image ${imageArn} is ${status}: Step VerifyArtifact failed`);
      expect(answers.failures[0]?.failureDetails?.externalExecutionId).toBe(imageArn);
    },
  );

  it("looks again for an image that is not known everywhere yet", async () => {
    imageBuilder
      .on(GetImageCommand)
      .rejectsOnce(serviceError("ResourceNotFoundException"))
      .resolves({ image: { arn: imageArn, state: { status: "BUILDING" }, imageRecipe: { arn: recipeArn } } });
    await handler(event);
    expect(answers.token).toBe(continuationToken);
  });

  it("fails when the image stays unknown", async () => {
    imageBuilder.on(GetImageCommand).rejects(serviceError("ResourceNotFoundException"));
    await handler(event);
    expect(answers.failure).toBe(`image ${imageArn} does not exist; was it deleted?`);
  });

  it("fails when the image is made from another recipe", async () => {
    give("AVAILABLE", { imageRecipe: { arn: "arn:other" } });
    await handler(event);
    expect(answers.failure).toContain(`is made from recipe arn:other, not from ${recipeArn}`);
  });
});

import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
} from "@aws-sdk/client-s3";
import { buildStage, invokeStage, PipelineHarness } from "./pipeline-harness";

describe("what CodePipeline asks for with the roles of its actions", () => {
  let pipeline: PipelineHarness;
  beforeEach(async () => {
    pipeline = new PipelineHarness();
    await pipeline.start();
  });
  afterEach(() => pipeline.stop());

  const failure = async () => {
    const id = await pipeline.run();
    expect(await pipeline.ended(id)).toBe("Failed");
    const failed = (await pipeline.actions(id)).find(({ status }) => status === "Failed");
    return failed!.output!.executionResult!.errorDetails!;
  };

  it("hands the version of an artifact on that it has stored", async () => {
    await pipeline.create([buildStage]);
    expect(pipeline.builds[0]!.source).toMatchObject({ bucket: "artifacts", versionId: "v1" });
    const versions = pipeline.s3.commandCalls(HeadObjectCommand).map(({ args }) => args[0].input.VersionId);
    // the source's as it was stored, and the build's as it is found
    expect(versions).toEqual(["v1", undefined]);
  });

  it.each([
    ["GetBucketLocation", GetBucketLocationCommand],
    ["GetBucketAcl", GetBucketAclCommand],
    ["GetBucketVersioning", GetBucketVersioningCommand],
  ])("fails the source when %s of the bucket is denied", async (name, command) => {
    await pipeline.create([buildStage]);
    pipeline.s3.on(command as typeof GetBucketAclCommand).rejects(new Error(`denied: s3:${name}`));
    expect(await failure()).toEqual({
      code: "PermissionError",
      message: `Unable to access the Amazon S3 artifact bucket 'artifacts'. The provided role does not have sufficient permissions: Error: denied: s3:${name}`,
    });
  });

  it("fails an action whose role can't read its input", async () => {
    await pipeline.create([buildStage]);
    pipeline.s3.on(HeadObjectCommand).rejects(new Error("denied: s3:GetObjectVersion"));
    const { code, message } = await failure();
    expect(code).toBe("PermissionError");
    expect(message).toMatch(
      /^Unable to access the artifact with Amazon S3 object key 'hello\/\w+\/\w+' .*s3:GetObjectVersion$/,
    );
  });

  it("fails an action that invokes a function when its role can't list functions", async () => {
    pipeline.lambda.on(ListFunctionsCommand).rejects(new Error("not authorized: lambda:ListFunctions"));
    await pipeline.create([invokeStage("Version")]);
    expect((await failure()).message).toContain("not authorized: lambda:ListFunctions");
    expect(pipeline.jobs).toEqual([]);
  });
});

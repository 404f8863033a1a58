import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  PutApprovalResultCommand,
  PutJobSuccessResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { approvalStage, buildStage, invokeStage, PipelineHarness } from "./pipeline-harness";

describe("an execution", () => {
  let pipeline: PipelineHarness;
  beforeEach(async () => {
    pipeline = new PipelineHarness();
    await pipeline.start();
  });
  afterEach(() => pipeline.stop());

  const succeed: PipelineHarness["succeed"] = (number, result) => pipeline.succeed(number, result);
  const fail: PipelineHarness["fail"] = (number, message) => pipeline.fail(number, message);

  it("carries a commit through source and build, with the roles' permissions", async () => {
    await pipeline.create([buildStage]);
    const id = await pipeline.run();
    expect(await pipeline.ended(id)).toBe("Succeeded");
    const [commit, jar] = await pipeline.actions(id);
    expect(commit!.output!.outputVariables).toMatchObject({
      CommitId: pipeline.tip,
      CommitMessage: 'say "hello"',
    });
    expect(jar!.output!.outputVariables).toEqual({ JAR_SHA256: "abc" });
    expect(jar!.output!.outputArtifacts![0]!.s3location!.key).toMatch(/^hello\/Applicatio\/\w{7}$/);
    expect(pipeline.askedForRoles).toEqual(
      expect.arrayContaining([
        "codecommit:UploadArchive arn:aws:codecommit:eu-central-1:111122223333:hello",
        "codebuild:StartBuild arn:aws:codebuild:eu-central-1:111122223333:project/hello",
      ]),
    );
  });

  it("takes the commit that it was started with, also when the branch has gone on", async () => {
    await pipeline.create([buildStage]);
    const commits = ["a".repeat(40), "b".repeat(40)];
    for (const revisionValue of commits) {
      const sourceRevisions = [{ actionName: "Commit", revisionType: "COMMIT_ID" as const, revisionValue }];
      const { pipelineExecutionId } = await pipeline.client.send(
        new StartPipelineExecutionCommand({ name: "hello", sourceRevisions }),
      );
      expect(await pipeline.ended(pipelineExecutionId!)).toBe("Succeeded");
      const [commit] = await pipeline.actions(pipelineExecutionId!);
      expect(commit!.output!.outputVariables).toMatchObject({ CommitId: revisionValue });
    }
  });

  it("starts once when the pipeline is created", async () => {
    await pipeline.create([buildStage]);
    expect(await pipeline.status(await pipeline.newest())).toBe("Succeeded");
  });

  it("fails an action whose role lacks a permission, and says which", async () => {
    await pipeline.create([buildStage]);
    pipeline.deniedForRoles.add("codecommit:GetBranch");
    const id = await pipeline.run();
    expect(await pipeline.ended(id)).toBe("Failed");
    const [commit] = await pipeline.actions(id);
    expect(commit!.output!.executionResult!.errorDetails).toEqual({
      code: "AccessDeniedException",
      message: "not allowed: codecommit:GetBranch",
    });
  });

  it("fails with the build's own reason", async () => {
    await pipeline.create([buildStage]);
    pipeline.build = async () => ({
      status: "FAILED",
      exportedVariables: {},
      reason: "BUILD: exit status 1",
    });
    const id = await pipeline.run();
    expect(await pipeline.ended(id)).toBe("Failed");
    expect((await pipeline.actions(id))[1]!.output!.executionResult!.errorDetails!.message).toBe(
      "Build terminated with state: FAILED. BUILD: exit status 1",
    );
  });

  describe("that waits for a function", () => {
    const create = async (...stages: ReturnType<typeof invokeStage>[]): Promise<string> => {
      const id = await pipeline.createWaiting(stages);
      await pipeline.job(1);
      return id;
    };

    it("passes resolved variables and the input artifact, and keeps the outputs", async () => {
      const id = await create(
        invokeStage(
          "Bake",
          '{"Commit":"#{SourceVariables.CommitId}","Id":"#{codepipeline.PipelineExecutionId}"}',
        ),
      );
      const job = await pipeline.job(1);
      expect(JSON.parse(job.data.actionConfiguration.configuration.UserParameters!)).toEqual({
        Commit: pipeline.tip,
        Id: id,
      });
      expect(job.data.inputArtifacts[0]!.location.s3Location.objectKey).toMatch(/^hello\/Source\//);
      await succeed(1, {
        outputVariables: { ImageId: "ami-1" },
        executionDetails: { summary: "baked", externalExecutionId: "image-1" },
      });
      expect(await pipeline.ended(id)).toBe("Succeeded");
      expect((await pipeline.actions(id))[1]!.output).toMatchObject({
        outputVariables: { ImageId: "ami-1" },
        executionResult: { externalExecutionSummary: "baked", externalExecutionId: "image-1" },
      });
    });

    it("invokes it again with its continuation token", async () => {
      const id = await create(invokeStage("Bake"));
      await succeed(1, { continuationToken: "image-1", executionDetails: { summary: "building" } });
      const again = await pipeline.job(2);
      expect(again.data.continuationToken).toBe("image-1");
      await succeed(2);
      expect(await pipeline.ended(id)).toBe("Succeeded");
    });

    it("fails with the function's message", async () => {
      const id = await create(invokeStage("Bake"));
      await fail(1, "the test phase failed: not ready");
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await pipeline.actions(id))[1]!.output!.executionResult).toMatchObject({
        externalExecutionId: "image-1",
        errorDetails: { code: "JobFailed", message: "the test phase failed: not ready" },
      });
    });

    it("takes one answer for a job, and none for an unknown one", async () => {
      await create(invokeStage("Bake"));
      await succeed(1);
      await expect(succeed(1)).rejects.toMatchObject({ name: "InvalidJobStateException" });
      const unknown = new PutJobSuccessResultCommand({ jobId: "00000000-0000-0000-0000-000000000000" });
      await expect(pipeline.client.send(unknown)).rejects.toMatchObject({ name: "JobNotFoundException" });
    });

    it("fails an action whose variable nobody produced", async () => {
      const id = await create(
        invokeStage("Bake"),
        invokeStage("Next", '{"Image":"#{BakeVariables.ImageId}"}'),
      );
      await succeed(1);
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await pipeline.actions(id))[2]!.output!.executionResult!.errorDetails!.message).toContain(
        "#{BakeVariables.ImageId}",
      );
    });

    it("lets queued executions follow in order, one at a time", async () => {
      const first = await create(invokeStage("Bake"));
      const [second, third] = [await pipeline.run(), await pipeline.run()];
      await pipeline.until(async () =>
        (await pipeline.stage("Bake")).inboundExecutions?.length === 2 ? true : undefined,
      );
      expect(pipeline.jobs).toHaveLength(1);
      for (const [number, id] of [first, second, third].entries()) {
        await succeed(number + 1);
        expect(await pipeline.ended(id)).toBe("Succeeded");
      }
    });

    it("is superseded by a newer one while it waits, where the pipeline says so", async () => {
      const created = pipeline.create([invokeStage("Bake")], { executionMode: "SUPERSEDED" });
      created.catch(() => undefined);
      await pipeline.job(1);
      const second = await pipeline.run();
      await pipeline.until(async () => (await pipeline.stage("Bake")).inboundExecution?.pipelineExecutionId);
      const third = await pipeline.run();
      expect(await pipeline.ended(second)).toBe("Superseded");
      await succeed(1);
      await succeed(2);
      expect(await pipeline.ended(third)).toBe("Succeeded");
    });

    it("runs a failed stage again", async () => {
      const id = await create(invokeStage("Bake"));
      await fail(1, "no");
      await pipeline.ended(id);
      const retry = {
        pipelineName: "hello",
        stageName: "Bake",
        pipelineExecutionId: id,
        retryMode: "FAILED_ACTIONS" as const,
      };
      await pipeline.client.send(new RetryStageExecutionCommand(retry));
      await succeed(2);
      expect(await pipeline.ended(id)).toBe("Succeeded");
      await expect(pipeline.client.send(new RetryStageExecutionCommand(retry))).rejects.toMatchObject({
        name: "StageNotRetryableException",
      });
    });

    it("runs a stage again with what an earlier execution brought through it", async () => {
      const first = await create(
        invokeStage("Bake"),
        invokeStage("Deploy", '{"Image":"#{BakeVariables.ImageId}"}'),
      );
      await succeed(1, { outputVariables: { ImageId: "ami-1" } });
      await succeed(2);
      expect(await pipeline.ended(first)).toBe("Succeeded");
      const { pipelineExecutionId } = await pipeline.client.send(
        new RollbackStageCommand({
          pipelineName: "hello",
          stageName: "Deploy",
          targetPipelineExecutionId: first,
        }),
      );
      expect((await pipeline.job(3)).data.actionConfiguration.configuration.UserParameters).toBe(
        '{"Image":"ami-1"}',
      );
      await succeed(3);
      expect(await pipeline.ended(pipelineExecutionId!)).toBe("Succeeded");
    });

    it("stops at once when it is abandoned, and takes no late answer", async () => {
      const id = await create(invokeStage("Bake"));
      const stop = { pipelineName: "hello", pipelineExecutionId: id, abandon: true, reason: "wrong commit" };
      await pipeline.client.send(new StopPipelineExecutionCommand(stop));
      expect(await pipeline.ended(id)).toBe("Stopped");
      expect((await pipeline.actions(id))[1]!.status).toBe("Abandoned");
      await expect(succeed(1)).rejects.toMatchObject({ name: "InvalidJobStateException" });
      await expect(pipeline.client.send(new StopPipelineExecutionCommand(stop))).rejects.toMatchObject({
        name: "PipelineExecutionNotStoppableException",
      });
    });

    it("waits before a stage whose transition is disabled", async () => {
      const first = await create(invokeStage("Bake"), invokeStage("Deploy"));
      const stage = { pipelineName: "hello", stageName: "Deploy", transitionType: "Inbound" as const };
      await pipeline.client.send(new DisableStageTransitionCommand({ ...stage, reason: "freeze" }));
      await succeed(1);
      await pipeline.until(
        async () => (await pipeline.stage("Deploy")).inboundExecution?.pipelineExecutionId,
      );
      expect(pipeline.jobs).toHaveLength(1);
      await pipeline.client.send(new EnableStageTransitionCommand(stage));
      await succeed(2);
      expect(await pipeline.ended(first)).toBe("Succeeded");
    });
  });

  describe("that waits for an approval", () => {
    const decide = async (status: "Approved" | "Rejected", token?: string) => {
      const waiting = await pipeline.until(
        async () => (await pipeline.stage("Approve")).actionStates?.[0]?.latestExecution?.token,
      );
      return pipeline.client.send(
        new PutApprovalResultCommand({
          pipelineName: "hello",
          stageName: "Approve",
          actionName: "Decide",
          token: token ?? waiting,
          result: { status, summary: "looked at it" },
        }),
      );
    };
    beforeEach(() => void pipeline.create([approvalStage]).catch(() => undefined));

    it("goes on when it is approved", async () => {
      await decide("Approved");
      expect(await pipeline.ended(await pipeline.newest())).toBe("Succeeded");
    });

    it("fails when it is rejected, and says who did", async () => {
      await decide("Rejected");
      const id = await pipeline.newest();
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await pipeline.actions(id))[1]!.output!.executionResult!.errorDetails!.message).toBe(
        `Approval rejected by ${pipeline.gateway.callerArn}: looked at it`,
      );
    });

    it("takes no answer with another token", async () => {
      await expect(decide("Approved", "00000000-0000-0000-0000-000000000000")).rejects.toMatchObject({
        name: "InvalidApprovalTokenException",
      });
    });
  });

  it("tells EventBridge every change", async () => {
    await pipeline.create([buildStage]);
    expect(
      pipeline.cloud.events.map(
        ({ detailType, detail }) => `${detailType}: ${String(detail.stage ?? "")} ${String(detail.state)}`,
      ),
    ).toEqual([
      "CodePipeline Pipeline Execution State Change:  STARTED",
      "CodePipeline Stage Execution State Change: Source STARTED",
      "CodePipeline Action Execution State Change: Source STARTED",
      "CodePipeline Action Execution State Change: Source SUCCEEDED",
      "CodePipeline Stage Execution State Change: Source SUCCEEDED",
      "CodePipeline Stage Execution State Change: Build STARTED",
      "CodePipeline Action Execution State Change: Build STARTED",
      "CodePipeline Action Execution State Change: Build SUCCEEDED",
      "CodePipeline Stage Execution State Change: Build SUCCEEDED",
      "CodePipeline Pipeline Execution State Change:  SUCCEEDED",
    ]);
  });
});

import {
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetJobDetailsCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineDeclaration,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  UpdatePipelineCommand,
} from "@aws-sdk/client-codepipeline";
import { approvalStage, buildStage, invokeStage, PipelineHarness } from "./pipeline-harness";

const bake = invokeStage("Bake");
const deploy = invokeStage("Deploy");

describe("a pipeline", () => {
  let pipeline: PipelineHarness;
  const begin = async (clockSpeed = 1): Promise<void> => {
    pipeline = new PipelineHarness();
    pipeline.clockSpeed = clockSpeed;
    await pipeline.start();
  };
  beforeEach(() => begin());
  afterEach(() => pipeline.stop());

  /** The same with a faster clock. */
  const speedUp = async (clockSpeed: number): Promise<void> => {
    await pipeline.stop();
    await begin(clockSpeed);
  };
  const start = async (settings: Partial<StartPipelineExecutionCommand["input"]>) =>
    (await pipeline.client.send(new StartPipelineExecutionCommand({ name: "hello", ...settings })))
      .pipelineExecutionId!;
  const failureOf = async (id: string) =>
    (await pipeline.actions(id)).at(-1)!.output!.executionResult!.errorDetails!;
  const update = async (change: Partial<PipelineDeclaration>): Promise<void> => {
    const { pipeline: declaration } = await pipeline.client.send(new GetPipelineCommand({ name: "hello" }));
    await pipeline.client.send(
      new UpdatePipelineCommand({ pipeline: { ...declaration!, ...change } as PipelineDeclaration }),
    );
  };
  const retry = (stageName: string, pipelineExecutionId: string) =>
    pipeline.client.send(
      new RetryStageExecutionCommand({
        pipelineName: "hello",
        stageName,
        pipelineExecutionId,
        retryMode: "FAILED_ACTIONS",
      }),
    );
  const rollBack = (stageName: string, targetPipelineExecutionId: string) =>
    pipeline.client.send(
      new RollbackStageCommand({ pipelineName: "hello", stageName, targetPipelineExecutionId }),
    );

  it("starts once for a client token", async () => {
    await pipeline.create([buildStage]);
    const first = await start({ clientRequestToken: "deploy-1" });
    expect(await start({ clientRequestToken: "deploy-1" })).toBe(first);
    expect(await start({ clientRequestToken: "deploy-2" })).not.toBe(first);
  });

  describe("with variables", () => {
    const greet = invokeStage("Greet", "#{variables.Name}");
    const variables = [{ name: "Name", defaultValue: "world" }];

    it("takes the default, or what the start says", async () => {
      await pipeline.createWaiting([greet], { variables });
      expect((await pipeline.job(1)).data.actionConfiguration.configuration.UserParameters).toBe("world");
      await pipeline.succeed(1);
      const id = await start({ variables: [{ name: "Name", value: "Ada" }] });
      expect((await pipeline.job(2)).data.actionConfiguration.configuration.UserParameters).toBe("Ada");
      const { pipelineExecution } = await pipeline.client.send(
        new GetPipelineExecutionCommand({ pipelineName: "hello", pipelineExecutionId: id }),
      );
      expect(pipelineExecution!.variables).toEqual([{ name: "Name", resolvedValue: "Ada" }]);
    });

    it("refuses one that is not declared", async () => {
      await pipeline.create([buildStage], { variables });
      await expect(start({ variables: [{ name: "Other", value: "x" }] })).rejects.toMatchObject({
        name: "ValidationException",
      });
    });

    it("fails the action that needs one without a value", async () => {
      const id = await pipeline.createWaiting([greet], { variables: [{ name: "Name" }] });
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await failureOf(id)).message).toContain(
        "An action in this pipeline failed because one or more variables could not be resolved: Action name=Invoke",
      );
    });

    it("rolls back with those of the target", async () => {
      await pipeline.createWaiting([greet], { variables });
      await pipeline.succeed(1);
      const target = await start({ variables: [{ name: "Name", value: "Ada" }] });
      await pipeline.succeed(2);
      expect(await pipeline.ended(target)).toBe("Succeeded");
      await rollBack("Greet", target);
      expect((await pipeline.job(3)).data.actionConfiguration.configuration.UserParameters).toBe("Ada");
    });
  });

  it("runs executions side by side in the mode PARALLEL, and rolls none back", async () => {
    const first = await pipeline.createWaiting([bake], { executionMode: "PARALLEL" });
    const second = await pipeline.run();
    await pipeline.job(2);
    for (const number of [1, 2]) await pipeline.succeed(number);
    expect([await pipeline.ended(first), await pipeline.ended(second)]).toEqual(["Succeeded", "Succeeded"]);
    await expect(rollBack("Bake", first)).rejects.toMatchObject({ name: "UnableToRollbackStageException" });
  });

  it("runs actions of one order together and the next order after all of them", async () => {
    const [invoke] = bake.actions!;
    const action = (name: string, runOrder: number) => ({ ...invoke!, name, namespace: name, runOrder });
    const id = await pipeline.createWaiting([
      { name: "Bake", actions: [action("C", 2), action("A", 1), action("B", 1)] },
    ]);
    await pipeline.job(2);
    await pipeline.succeed(1);
    await pipeline.succeed(2);
    await pipeline.succeed(3);
    expect(await pipeline.ended(id)).toBe("Succeeded");
    expect((await pipeline.actions(id)).slice(1).map(({ actionName }) => actionName)).toEqual([
      "A",
      "B",
      "C",
    ]);
  });

  it("gives a function the places of its output artifacts", async () => {
    const [invoke] = bake.actions!;
    const id = await pipeline.createWaiting([
      { name: "Bake", actions: [{ ...invoke!, outputArtifacts: [{ name: "Report" }] }] },
    ]);
    const { data } = await pipeline.job(1);
    const place = data.outputArtifacts[0]!.location.s3Location;
    expect(place.objectKey).toMatch(/^hello\/Report\/\w{7}$/);
    await pipeline.succeed(1);
    await pipeline.ended(id);
    expect((await pipeline.actions(id))[1]!.output!.outputArtifacts).toEqual([
      { name: "Report", s3location: { bucket: "artifacts", key: place.objectKey } },
    ]);
  });

  it("tells a function the details of its job", async () => {
    const id = await pipeline.createWaiting([bake]);
    const { jobDetails } = await pipeline.client.send(
      new GetJobDetailsCommand({ jobId: (await pipeline.job(1)).id }),
    );
    expect(jobDetails!.data).toMatchObject({
      actionTypeId: { provider: "Lambda" },
      actionConfiguration: { configuration: { FunctionName: "bake" } },
      pipelineContext: { pipelineName: "hello", pipelineExecutionId: id, stage: { name: "Bake" } },
    });
  });

  describe("on the cloud's clock", () => {
    const minutes = (count: number): number => count * 60;

    it("fails a function that does not reply in 20 minutes", async () => {
      await speedUp(minutes(20) * 5);
      const id = await pipeline.createWaiting([bake]);
      expect(await pipeline.ended(id)).toBe("Failed");
      expect(await failureOf(id)).toMatchObject({
        code: "TimedOut",
        message: expect.stringContaining("20 minutes"),
      });
      await expect(pipeline.succeed(1)).rejects.toMatchObject({ name: "InvalidJobStateException" });
    });

    it("fails an approval that nobody gives in 7 days", async () => {
      await speedUp(minutes(7 * 24 * 60) * 2);
      const id = await pipeline.createWaiting([approvalStage]);
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await failureOf(id)).message).toBe("The action Decide did not end in 10080 minutes");
    });

    it("fails an approval in the time that it says", async () => {
      await speedUp(minutes(5) * 5);
      const [decide] = approvalStage.actions!;
      const id = await pipeline.createWaiting([
        { name: "Approve", actions: [{ ...decide!, timeoutInMinutes: 5 }] },
      ]);
      expect(await pipeline.ended(id)).toBe("Failed");
      expect((await failureOf(id)).message).toBe("The action Decide did not end in 5 minutes");
    });
  });

  it("takes one answer for an approval, and only for that one", async () => {
    const [decide] = approvalStage.actions!;
    const stage = { name: "Approve", actions: [decide!, { ...decide!, name: "Doubt" }] };
    await pipeline.createWaiting([stage]);
    const token = await pipeline.until(
      async () => (await pipeline.stage("Approve")).actionStates?.[0]?.latestExecution?.token,
    );
    const answer = (actionName: string) =>
      pipeline.client.send(
        new PutApprovalResultCommand({
          pipelineName: "hello",
          stageName: "Approve",
          actionName,
          token,
          result: { status: "Approved", summary: "yes" },
        }),
      );
    await expect(answer("Other")).rejects.toMatchObject({ name: "ActionNotFoundException" });
    await expect(answer("Doubt")).rejects.toMatchObject({ name: "InvalidApprovalTokenException" });
    await answer("Decide");
    await expect(answer("Decide")).rejects.toMatchObject({ name: "ApprovalAlreadyCompletedException" });
  });

  it("that is stopped waits for its action, and tells", async () => {
    const id = await pipeline.createWaiting([bake, deploy]);
    await pipeline.job(1);
    const stop = { pipelineName: "hello", pipelineExecutionId: id, reason: "wrong commit" };
    await pipeline.client.send(new StopPipelineExecutionCommand(stop));
    expect((await pipeline.stage("Bake")).latestExecution!.status).toBe("Stopping");
    await expect(pipeline.client.send(new StopPipelineExecutionCommand(stop))).rejects.toMatchObject({
      name: "DuplicatedStopRequestException",
    });
    await pipeline.succeed(1);
    expect(await pipeline.ended(id)).toBe("Stopped");
    expect((await pipeline.actions(id)).at(-1)!.status).toBe("Succeeded");
    const stopping = pipeline.cloud.events.filter(({ detail }) => detail.state === "STOPPING");
    expect(stopping.map(({ detail }) => detail.stage ?? detail["stop-execution-comments"])).toEqual([
      "wrong commit",
      "Bake",
    ]);
  });

  it("goes on with a retry after it was abandoned", async () => {
    const id = await pipeline.createWaiting([bake]);
    await pipeline.job(1);
    await pipeline.client.send(
      new StopPipelineExecutionCommand({ pipelineName: "hello", pipelineExecutionId: id, abandon: true }),
    );
    expect(await pipeline.ended(id)).toBe("Stopped");
    await retry("Bake", id);
    await pipeline.succeed(2);
    expect(await pipeline.ended(id)).toBe("Succeeded");
  });

  it("lets nobody out of a stage whose outbound transition is disabled", async () => {
    const id = await pipeline.createWaiting([bake, deploy]);
    const transition = { pipelineName: "hello", stageName: "Bake", transitionType: "Outbound" as const };
    await pipeline.client.send(new DisableStageTransitionCommand({ ...transition, reason: "freeze" }));
    await pipeline.succeed(1);
    await pipeline.until(async () => (await pipeline.stage("Deploy")).inboundExecution?.pipelineExecutionId);
    expect(pipeline.jobs).toHaveLength(1);
    await pipeline.client.send(new EnableStageTransitionCommand(transition));
    await pipeline.succeed(2);
    expect(await pipeline.ended(id)).toBe("Succeeded");
  });

  describe("whose structure was updated", () => {
    it("cancels executions that wait for a stage, and those that leave theirs", async () => {
      const first = await pipeline.createWaiting([bake, deploy]);
      await pipeline.job(1);
      const second = await pipeline.run();
      await pipeline.until(async () => (await pipeline.stage("Bake")).inboundExecution?.pipelineExecutionId);
      await update({});
      expect(await pipeline.ended(second)).toBe("Cancelled");
      await pipeline.succeed(1);
      expect(await pipeline.ended(first)).toBe("Cancelled");
      expect(pipeline.cloud.events.filter(({ detail }) => detail.state === "CANCELED")).toHaveLength(2);
    });

    it("keeps its versions, and neither retries nor rolls back with an older one", async () => {
      const first = await pipeline.createWaiting([bake]);
      await pipeline.succeed(1);
      await pipeline.ended(first);
      const second = await pipeline.run();
      await pipeline.fail(2, "no");
      await pipeline.ended(second);
      await update({ executionMode: "SUPERSEDED" });
      await expect(retry("Bake", second)).rejects.toMatchObject({ name: "StageNotRetryableException" });
      await expect(rollBack("Bake", first)).rejects.toMatchObject({
        name: "PipelineExecutionOutdatedException",
      });
      const get = async (version: number) =>
        (await pipeline.client.send(new GetPipelineCommand({ name: "hello", version }))).pipeline!
          .executionMode;
      expect([await get(1), await get(2)]).toEqual(["QUEUED", "SUPERSEDED"]);
      await expect(get(3)).rejects.toMatchObject({ name: "PipelineVersionNotFoundException" });
    });
  });

  it("rolls back neither its source stage, nor to a failed execution, nor to a rollback", async () => {
    const first = await pipeline.createWaiting([bake]);
    await pipeline.succeed(1);
    await pipeline.ended(first);
    const second = await pipeline.run();
    await pipeline.fail(2, "no");
    await pipeline.ended(second);
    const { pipelineExecutionId } = await rollBack("Bake", first);
    await pipeline.succeed(3);
    expect(await pipeline.ended(pipelineExecutionId!)).toBe("Succeeded");
    for (const [stage, target] of [
      ["Source", first],
      ["Bake", second],
      ["Bake", pipelineExecutionId!],
    ] as const)
      await expect(rollBack(stage, target)).rejects.toMatchObject({ name: "UnableToRollbackStageException" });
    await expect(rollBack("Bake", "00000000-0000-0000-0000-000000000000")).rejects.toMatchObject({
      name: "PipelineExecutionNotFoundException",
    });
  });

  it("lists executions by page, by success in a stage, and the newest attempt of each action", async () => {
    const first = await pipeline.createWaiting([bake]);
    await pipeline.fail(1, "no");
    await pipeline.ended(first);
    const second = await pipeline.run();
    await pipeline.succeed(2);
    await pipeline.ended(second);
    const list = (input: object) =>
      pipeline.client.send(new ListPipelineExecutionsCommand({ pipelineName: "hello", ...input }));
    const page = await list({ maxResults: 1 });
    const rest = await list({ nextToken: page.nextToken });
    expect(
      [page, rest].flatMap(({ pipelineExecutionSummaries }) =>
        pipelineExecutionSummaries!.map(({ pipelineExecutionId }) => pipelineExecutionId),
      ),
    ).toEqual([second, first]);
    await expect(list({ nextToken: "none of ours" })).rejects.toMatchObject({
      name: "InvalidNextTokenException",
    });
    const good = await list({ filter: { succeededInStage: { stageName: "Bake" } } });
    expect(good.pipelineExecutionSummaries!.map(({ pipelineExecutionId }) => pipelineExecutionId)).toEqual([
      second,
    ]);
    await expect(retry("Bake", first)).rejects.toMatchObject({ name: "NotLatestPipelineExecutionException" });
    const third = await pipeline.run();
    await pipeline.fail(3, "no");
    await pipeline.ended(third);
    await retry("Bake", third);
    await pipeline.succeed(4);
    await pipeline.ended(third);
    const attempts = async (startTimeRange: "All" | "Latest") =>
      (
        await pipeline.client.send(
          new ListActionExecutionsCommand({
            pipelineName: "hello",
            filter: { latestInPipelineExecution: { pipelineExecutionId: third, startTimeRange } },
          }),
        )
      ).actionExecutionDetails!.map(({ actionName }) => actionName);
    expect(await attempts("All")).toEqual(["Invoke", "Invoke", "Commit"]);
    expect(await attempts("Latest")).toEqual(["Invoke", "Commit"]);
  });

  it("tells EventBridge of an action's artifacts, result and attempt", async () => {
    const id = await pipeline.createWaiting([bake]);
    await pipeline.fail(1, "not ready");
    await pipeline.ended(id);
    await retry("Bake", id);
    await pipeline.succeed(2, { executionDetails: { summary: "baked", externalExecutionId: "image-2" } });
    await pipeline.ended(id);
    const details = pipeline.cloud.events
      .filter(({ detail }) => detail.action === "Invoke")
      .map(({ detail }) => detail);
    expect(details.map(({ state, "pipeline-execution-attempt": attempt }) => [state, attempt])).toEqual([
      ["STARTED", 1],
      ["FAILED", 1],
      ["STARTED", 2],
      ["SUCCEEDED", 2],
    ]);
    expect(details[0]!["input-artifacts"]).toEqual([
      { name: "Source", s3location: { bucket: "artifacts", key: expect.stringMatching(/^hello\/Source\//) } },
    ]);
    expect(details[1]!["execution-result"]).toEqual({
      "external-execution-summary": "not ready",
      "external-execution-id": "image-1",
      "error-code": "JobFailed",
    });
    expect(details[3]!["execution-result"]).toEqual({
      "external-execution-summary": "baked",
      "external-execution-id": "image-2",
    });
    const stages = pipeline.cloud.events.filter(
      ({ detailType, detail }) => detailType.includes("Stage") && detail.stage === "Bake",
    );
    expect(stages.map(({ detail }) => [detail.state, "stage-last-retry-attempt-time" in detail])).toEqual([
      ["STARTED", false],
      ["FAILED", false],
      ["RESUMED", true],
      ["SUCCEEDED", true],
    ]);
  });
});

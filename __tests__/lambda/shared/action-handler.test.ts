import { PutJobFailureResultCommand, PutJobSuccessResultCommand } from "@aws-sdk/client-codepipeline";
import { bakeImageFunction } from "../../../contract/functions";
import { jobFailed } from "../../../lambda/shared/action-failure";
import { actionHandler, type Request, type Result } from "../../../lambda/shared/action-handler";
import { encodeContinuation } from "../../../lambda/shared/continuation";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

type Bake = typeof bakeImageFunction;
const run = jest.fn<Promise<Result<Bake, "imageArn">>, [Request<Bake, "imageArn">]>();
const handler = actionHandler({ definition: bakeImageFunction, stateFields: ["imageArn"], run });
const parameters = { ExecutionId: executionId, Version: "1.0.1", ImageRecipeArn: "arn" };
const outputs = { ImageArn: "image", ImageId: "ami-1" };
const token = (misses = 0) =>
  encodeContinuation("bake-image", executionId, { state: { imageArn: "image" }, misses });
const answers = new Answers();

beforeEach(() => {
  silenceLogs();
  answers.reset();
  run.mockReset().mockResolvedValue({ outputs, summary: "done\nwell", externalExecutionId: "image" });
  process.env.IMAGE_PIPELINE_ARN = "arn";
});

describe("an action", () => {
  it("reports its output variables and a summary of one line", async () => {
    await handler(jobEvent({ parameters }));
    expect(answers.successes).toEqual([
      {
        jobId: "job-1",
        outputVariables: outputs,
        executionDetails: { summary: "done well", externalExecutionId: "image", percentComplete: undefined },
      },
    ]);
  });

  it("waits with a continuation token and without output variables, which CodePipeline takes only at the end", async () => {
    run.mockResolvedValue({ state: { imageArn: "image" }, summary: "being made" });
    await handler(jobEvent({ parameters }));
    expect(answers.token).toBe(token());
    expect(answers.outputs).toBeUndefined();
  });

  it("gets the state of its token", async () => {
    await handler(jobEvent({ parameters, continuationToken: token() }));
    expect(run.mock.calls[0]?.[0].state).toEqual({ imageArn: "image" });
  });

  it("fails with the service's own reason", async () => {
    run.mockRejectedValue(serviceError("ResourceInUseException", "the pipeline is busy"));
    await handler(jobEvent({ parameters }));
    expect(answers.failure).toBe("ResourceInUseException: the pipeline is busy");
    expect(answers.failureType).toBe("JobFailed");
  });

  it.each([
    ["PermissionError", serviceError("AccessDeniedException")],
    ["PermissionError", serviceError("UnauthorizedOperation")],
    ["SystemUnavailable", serviceError("ThrottlingException")],
    ["SystemUnavailable", serviceError("ServiceException", "down", 503)],
    ["SystemUnavailable", Object.assign(new Error("reset"), { code: "ECONNRESET" })],
    ["JobFailed", jobFailed("because")],
  ])("fails with the type %s", async (type, error) => {
    run.mockRejectedValue(error);
    await handler(jobEvent({ parameters }));
    expect(answers.failureType).toBe(type);
    expect(answers.successes).toEqual([]);
  });

  it("cuts a message to what CodePipeline takes", async () => {
    run.mockRejectedValue(jobFailed("x".repeat(6000), "y".repeat(2000)));
    await handler(jobEvent({ parameters }));
    expect(answers.failure).toHaveLength(5000);
    expect(answers.failures[0]?.failureDetails?.externalExecutionId).toHaveLength(1500);
  });

  it("goes on waiting while a check is throttled, and counts", async () => {
    run.mockRejectedValue(serviceError("ThrottlingException"));
    await handler(jobEvent({ parameters, continuationToken: token(9) }));
    expect(answers.token).toBe(token(10));
    expect(answers.failures).toEqual([]);
  });

  it("gives up after ten checks that failed in a row", async () => {
    run.mockRejectedValue(serviceError("ThrottlingException"));
    await handler(jobEvent({ parameters, continuationToken: token(10) }));
    expect(answers.failureType).toBe("SystemUnavailable");
  });

  it.each(["garbage", token().replace("bake-image", "roll-out")])(
    "fails on the token %s",
    async (continuationToken) => {
      await handler(jobEvent({ parameters, continuationToken }));
      expect(answers.failure).toContain("continuation token");
      expect(run).not.toHaveBeenCalled();
    },
  );

  it.each([
    ["no data", { "CodePipeline.job": { id: "job-1" } }, 'lacks "CodePipeline.job".data'],
    ["no configuration", { "CodePipeline.job": { id: "job-1", data: {} } }, "actionConfiguration"],
    ["parameters that are no JSON", jobEvent({ parameters: "x" }), "no JSON object"],
    [
      "an artifact without a place",
      jobEvent({ parameters, artifacts: [{ bucket: "", key: "k" }] }),
      "input artifact without name, bucketName or objectKey",
    ],
  ])("fails on an event with %s", async (_what, event, message) => {
    await handler(event);
    expect(answers.failure).toContain(message);
  });

  it("fails when it is not configured, and names what is missing", async () => {
    delete process.env.IMAGE_PIPELINE_ARN;
    await handler(jobEvent({ parameters }));
    expect(answers.failure).toContain("IMAGE_PIPELINE_ARN");
    expect(answers.failureType).toBe("ConfigurationError");
  });

  it.each([undefined, null, {}, { "CodePipeline.job": { id: "" } }, { Records: [] }])(
    "fails the invocation for %j, where there is no job to answer",
    (event) => expect(handler(event)).rejects.toThrow("no job of CodePipeline"),
  );
});

describe("a job that was delivered twice", () => {
  it("keeps its answer", async () => {
    answers.mock.on(PutJobSuccessResultCommand).rejects(serviceError("InvalidJobStateException"));
    await expect(handler(jobEvent({ parameters }))).resolves.toBeUndefined();
    expect(answers.failures).toEqual([]);
  });

  it("keeps its answer also when it fails the second time", async () => {
    run.mockRejectedValue(jobFailed("because"));
    answers.mock.on(PutJobFailureResultCommand).rejects(serviceError("InvalidJobStateException"));
    await expect(handler(jobEvent({ parameters }))).resolves.toBeUndefined();
  });
});

it("takes it that CodePipeline has given up a job that came late", async () => {
  answers.mock.on(PutJobSuccessResultCommand).rejects(serviceError("JobNotFoundException"));
  await expect(handler(jobEvent({ parameters }))).resolves.toBeUndefined();
  expect(answers.failures).toEqual([]);
});

describe("a report that fails", () => {
  it("fails the invocation, so that Lambda delivers the job again, and does not turn success into failure", async () => {
    answers.mock.on(PutJobSuccessResultCommand).rejects(serviceError("ThrottlingException"));
    await expect(handler(jobEvent({ parameters }))).rejects.toThrow("the service's own reason");
    expect(answers.failures).toEqual([]);
  });
});

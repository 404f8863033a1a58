import { GetParameterHistoryCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { handler } from "../../../lambda/version/handler";
import { Answers, executionId, jobEvent, serviceError, silenceLogs } from "../support/job-events";

const ssm = mockClient(SSMClient);
const answers = new Answers();
const event = jobEvent({ parameters: { ExecutionId: executionId } });

beforeEach(() => {
  silenceLogs();
  ssm.reset();
  answers.reset();
  Object.assign(process.env, { VERSION_PARAMETER: "/shop/ImageVersion", VERSION_LINE: "1.4" });
});

describe("the version function", () => {
  it("takes the number that SSM gives", async () => {
    ssm.on(GetParameterHistoryCommand).resolves({ Parameters: [] });
    ssm.on(PutParameterCommand).resolves({ Version: 7 });
    await handler(event);
    expect(answers.outputs).toEqual({ Version: "1.4.7" });
    expect(ssm.commandCalls(PutParameterCommand)[0]?.args[0].input).toEqual({
      Name: "/shop/ImageVersion",
      Value: executionId,
      Overwrite: true,
    });
  });

  it("reads every page before it draws, and draws nothing when the job is delivered twice", async () => {
    ssm
      .on(GetParameterHistoryCommand)
      .resolvesOnce({ Parameters: [{ Version: 1, Value: "other" }], NextToken: "next" })
      .resolvesOnce({ Parameters: [{ Version: 51, Value: executionId }] });
    await handler(event);
    expect(answers.outputs).toEqual({ Version: "1.4.51" });
    expect(ssm.commandCalls(PutParameterCommand)).toHaveLength(0);
  });

  it("takes the lower of two numbers that two deliveries drew", async () => {
    ssm
      .on(GetParameterHistoryCommand)
      .resolvesOnce({ Parameters: [] })
      .resolves({
        Parameters: [
          { Version: 7, Value: executionId },
          { Version: 8, Value: executionId },
        ],
      });
    ssm.on(PutParameterCommand).resolves({ Version: 8 });
    await handler(event);
    expect(answers.outputs).toEqual({ Version: "1.4.7" });
  });

  it.each(["ParameterNotFound", "ParameterMaxVersionLimitExceeded", "ThrottlingException"])(
    "fails with SSM's reason on %s",
    async (name) => {
      ssm.on(GetParameterHistoryCommand).resolves({});
      ssm.on(PutParameterCommand).rejects(serviceError(name));
      await handler(event);
      expect(answers.failure).toBe(`${name}: the service's own reason`);
    },
  );

  it("refuses a version line that is none", async () => {
    process.env.VERSION_LINE = "1";
    await handler(event);
    expect(answers.failure).toBe('VERSION_LINE is "1"; expected: MAJOR.MINOR');
  });
});

import {
  ListPipelineExecutionsCommand,
  type PipelineExecutionSummary,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  type StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import { Testing } from "cdktf";
import { setTimeout as pause } from "node:timers/promises";
import { PipelineStack } from "../../../../stacks/pipeline-stack";
import { configuration, production, stubBundles } from "../../../support/configuration";
import { synthesizeStack } from "../../../support/synthesized";
import { invokeStage, PipelineHarness } from "./pipeline-harness";

/** What the pipeline stack declares for the failure of an environment's stage. */
function declared(reaction: "stop" | "rollBack"): Pick<StageDeclaration, "onFailure"> {
  const environments = [{ ...production, rollOut: { ...production.rollOut, onFailure: reaction } }];
  const stack = new PipelineStack(Testing.app(), configuration({ environments }), stubBundles());
  const stages = synthesizeStack(stack).resource("aws_codepipeline")["stage"] as readonly {
    name: string;
    on_failure?: NonNullable<StageDeclaration["onFailure"]>;
  }[];
  const { on_failure: found } = stages.find(({ name }) => name === "DeployImage-production")!;
  return found === undefined ? {} : { onFailure: found };
}

const onFailure = { stop: declared("stop"), rollBack: declared("rollBack") };

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback-auto.html */
describe("a failed roll-out whose environment says", () => {
  let pipeline: PipelineHarness;
  let answered: number;
  beforeEach(async () => {
    pipeline = new PipelineHarness();
    answered = 0;
    await pipeline.start();
  });
  afterEach(() => pipeline.stop());

  const begin = async (reaction: "stop" | "rollBack"): Promise<string> => {
    const version = invokeStage("Version", "{}", "version");
    const deploy = invokeStage("Deploy", '{"Version":"#{VersionVariables.Version}"}', "roll-out");
    pipeline.create([version, { ...deploy, ...onFailure[reaction] }]).catch(() => undefined);
    await pipeline.job(1);
    return pipeline.newest();
  };
  /** Answers the next two jobs: of the version, and of the roll-out. */
  const release = async (version: string, good: boolean): Promise<void> => {
    await pipeline.client.send(
      new PutJobSuccessResultCommand({
        jobId: (await pipeline.job(++answered)).id,
        outputVariables: { Version: version },
      }),
    );
    const jobId = (await pipeline.job(++answered)).id;
    const failureDetails = { type: "JobFailed" as const, message: "an alarm" };
    if (good) await pipeline.client.send(new PutJobSuccessResultCommand({ jobId }));
    else await pipeline.client.send(new PutJobFailureResultCommand({ jobId, failureDetails }));
  };
  const executions = async (): Promise<readonly PipelineExecutionSummary[]> => {
    const found = await pipeline.client.send(new ListPipelineExecutionsCommand({ pipelineName: "hello" }));
    return found.pipelineExecutionSummaries!;
  };

  it('"rollBack" runs the stage again with the last release that succeeded in it, and stays failed itself', async () => {
    const good = await begin("rollBack");
    await release("1.0.2", true);
    expect(await pipeline.ended(good)).toBe("Succeeded");
    const bad = await pipeline.run();
    await release("1.0.3", false);
    expect(await pipeline.ended(bad)).toBe("Failed");

    const job = await pipeline.job(++answered);
    expect(job.data.actionConfiguration.configuration["UserParameters"]).toBe('{"Version":"1.0.2"}');
    await pipeline.client.send(new PutJobSuccessResultCommand({ jobId: job.id }));
    const [back] = await executions();
    expect(back).toMatchObject({
      executionType: "ROLLBACK",
      rollbackMetadata: { rollbackTargetPipelineExecutionId: good },
    });
    expect(await pipeline.ended(back!.pipelineExecutionId!)).toBe("Succeeded");
    expect(await pipeline.status(bad)).toBe("Failed");
    expect(await executions()).toHaveLength(3);
  });

  it('"rollBack" has nothing to go back to before a release has succeeded', async () => {
    const bad = await begin("rollBack");
    await release("1.0.2", false);
    expect(await pipeline.ended(bad)).toBe("Failed");
    await pause(100);
    expect(await executions()).toHaveLength(1);
  });

  it('"stop" leaves the stage failed, and starts nothing', async () => {
    const good = await begin("stop");
    await release("1.0.2", true);
    await pipeline.ended(good);
    const bad = await pipeline.run();
    await release("1.0.3", false);
    expect(await pipeline.ended(bad)).toBe("Failed");
    await pause(100);
    expect(await executions()).toHaveLength(2);
    expect((await pipeline.stage("Deploy")).latestExecution).toMatchObject({
      pipelineExecutionId: bad,
      status: "Failed",
    });
  });
});

import { CodePipelineClient, RetryStageExecutionCommand } from "@aws-sdk/client-codepipeline";
import { ImagebuilderClient, ListComponentsCommand } from "@aws-sdk/client-imagebuilder";
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { changes } from "./application-copies";
import {
  demandFailure,
  demandNoFailures,
  demandSuccess,
  demandVersions,
  type DrillContext,
  type DrillSettings,
} from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

/** A variable of a function that somebody set by hand, and how the release then fails. */
interface Mistake {
  readonly functionName: string;
  readonly action: string;
  readonly stage: string;
  readonly variable: string;
  readonly value: string;
  readonly reason: RegExp;
}

export const wrongSettings: Drill = {
  name: "wrong-settings",
  mustHold:
    "a function with a wrong setting fails its action with the reason and leaves nothing; the stage is retried to the end when it is right",
  async run(context: DrillContext) {
    const old = await currentRelease(context);
    let failed: { readonly execution: string; readonly stage: string } | undefined;
    const reasons: string[] = [];
    for (const mistake of mistakes(context.settings)) {
      const { stage, action, reason } = mistake;
      const undo = await make(context, mistake);
      try {
        const execution = failed ? await retry(context, failed.execution, failed.stage) : await push(context);
        reasons.push(demandFailure(await context.end(execution), action, reason));
        failed = { execution, stage };
      } finally {
        await undo();
      }
    }
    const { execution, stage } = failed!;
    const release = await context.end(await retry(context, execution, stage));
    demandSuccess(release);
    await demandOneComponent(context, release.version);
    demandVersions(await context.loadAfter(release.endedAt), release.version);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old, release.version);
    return `${release.version} came through after ${reasons.length} retries: ${reasons.at(-1)}`;
  },
};

/** In the order in which the pipeline comes by. None of them leads a role to what it may not do. */
const mistakes = ({ names, environment }: DrillSettings): readonly Mistake[] => [
  {
    functionName: names.functionName("version"),
    action: "version",
    stage: "BuildImage",
    variable: "VERSION_LINE",
    value: "one",
    reason: /VERSION_LINE is "one"; expected: MAJOR\.MINOR/,
  },
  {
    // Image Builder refuses the name when the component is there already; it begins as those that the role may use
    functionName: names.functionName("prepare-image"),
    action: "prepare-image",
    stage: "BuildImage",
    variable: "RECIPE_NAME",
    value: `${names.recipe}/of-nothing`,
    reason: /of-nothing/,
  },
  {
    functionName: environment.functionName("prepare-release"),
    action: "prepare-release",
    stage: environment.stage,
    variable: "BLUEPRINT_TEMPLATE",
    value: "no-such-template",
    reason: /no-such-template|InvalidLaunchTemplate/,
  },
];

const push = (context: DrillContext): Promise<string> =>
  context.begin(
    context.application.changed(changes.greeting(`Hello in spite of it all, ${Date.now()}`)),
    "A release of functions with wrong settings",
  );

async function retry({ options, settings }: DrillContext, execution: string, stage: string): Promise<string> {
  await new CodePipelineClient(options).send(
    new RetryStageExecutionCommand({
      pipelineName: settings.names.pipeline,
      pipelineExecutionId: execution,
      stageName: stage,
      retryMode: "FAILED_ACTIONS",
    }),
  );
  return execution;
}

/** @returns what takes it back */
async function make({ options }: DrillContext, mistake: Mistake): Promise<() => Promise<void>> {
  const { functionName: FunctionName, variable, value } = mistake;
  const lambda = new LambdaClient(options);
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const before = Environment?.Variables ?? {};
  demand(variable in before, `the function ${FunctionName} has no variable ${variable}`);
  const set = async (Variables: Record<string, string>): Promise<void> => {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  };
  await set({ ...before, [variable]: value });
  return () => set(before);
}

async function demandOneComponent({ options, settings }: DrillContext, version: string): Promise<void> {
  const { componentVersionList = [] } = await new ImagebuilderClient(options).send(
    new ListComponentsCommand({
      owner: "Self",
      filters: [
        { name: "name", values: [settings.names.applicationComponent] },
        { name: "version", values: [version] },
      ],
    }),
  );
  demand(
    componentVersionList.length === 1,
    `there are ${componentVersionList.length} components of ${version}`,
  );
}

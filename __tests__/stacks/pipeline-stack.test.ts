import { Testing } from "cdktf";
import {
  announceFailureFunction,
  bakeImageFunction,
  cleanUpFunction,
  prepareImageFunction,
  prepareReleaseFunction,
  rollOutFunction,
  versionFunction,
  withdrawReleaseFunction,
} from "../../contract/functions";
import { longestSubject } from "../../config/limits";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { configuration, stubBundles } from "../support/configuration";
import { synthesizeStack } from "../support/synthesized";

interface Action {
  readonly name: string;
  readonly namespace?: string;
  readonly run_order: number;
  readonly configuration: Readonly<Record<string, string>>;
  readonly input_artifacts?: readonly string[];
  readonly output_artifacts?: readonly string[];
}
interface Stage {
  readonly name: string;
  readonly action: readonly Action[];
}

const stack = new PipelineStack(Testing.app(), configuration(), stubBundles());
const synthesized = synthesizeStack(stack);
const stages = synthesized.resource("aws_codepipeline")["stage"] as readonly Stage[];
const actions = stages.flatMap(({ action }) => action);
const action = (name: string): Action => {
  const found = actions.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no action ${name}`);
  return found;
};
const parameters = ({ configuration: { UserParameters = "{}" } }: Action) =>
  JSON.parse(UserParameters) as Record<string, string>;

describe("the pipeline stack", () => {
  test("has what the architecture diagram shows", () => {
    expect(stack.node.children.map(({ node }) => node.id)).toEqual([
      "Aws",
      "backend",
      "Bundles",
      "Key",
      "Notices",
      "Repository",
      "Artifacts",
      "Build",
      "BaseImage",
      "Network",
      "ImageBuilder",
      "ImageLifecycle",
      "ImagePipeline",
      "VersionCounter",
      "Image",
      "CleanUp",
      "DeployImage-staging",
      "DeployImage-production",
      "Pipeline",
      "CommitTrigger",
      "FailureNotices",
      "CloneUrl",
      "PipelineUrl",
    ]);
  });

  test("goes from the source to every environment, in the order of the configuration", () => {
    expect(stages.map(({ name, action }) => [name, ...action.map((one) => one.name)])).toEqual([
      ["Source", "Source"],
      ["BuildCode", "BuildCode"],
      ["BuildImage", "version", "prepare-image", "bake-image"],
      ["DeployImage-staging", "prepare-release", "roll-out"],
      ["DeployImage-production", "prepare-release", "approve", "roll-out"],
    ]);
  });

  test("withdraws prepared releases where somebody is asked, and nowhere else", () => {
    const withdrawing = Object.values(synthesized.resources("aws_lambda_function"))
      .map((one) => String(one["function_name"]))
      .filter((name) => name.endsWith("-withdraw-release"));
    expect(withdrawing).toEqual(["shop-production-withdraw-release"]);
  });

  test.each(["QUEUED", "SUPERSEDED"] as const)("lets executions wait as configured: %s", (executionMode) => {
    const configured = new PipelineStack(Testing.app(), configuration({ executionMode }), stubBundles());
    const pipeline = synthesizeStack(configured).resource("aws_codepipeline");
    expect(pipeline["execution_mode"]).toBe(executionMode);
  });

  test("runs the actions of a stage one after the other", () => {
    for (const { action } of stages)
      expect(action.map((one) => one.run_order)).toEqual(action.map((_, i) => i + 1));
  });

  test("hands the source to the build and the application to prepare-image", () => {
    expect(action("Source").output_artifacts).toEqual(action("BuildCode").input_artifacts);
    expect(action("BuildCode").output_artifacts).toEqual(action("prepare-image").input_artifacts);
  });

  test.each([
    versionFunction,
    prepareImageFunction,
    bakeImageFunction,
    prepareReleaseFunction,
    rollOutFunction,
  ])("passes $name exactly the parameters that it takes", (contract) => {
    const calls = actions.filter(({ name }) => name === contract.name);
    expect(calls.length).toBeGreaterThan(0);
    for (const call of calls)
      expect(Object.keys(parameters(call)).sort()).toEqual([...contract.parameters].sort());
  });

  test("takes every parameter from an output variable that an earlier action reports", () => {
    const outputs: Readonly<Record<string, readonly string[]>> = {
      codepipeline: ["PipelineExecutionId"],
      Source: ["RepositoryName", "BranchName", "CommitId", "AuthorDate", "CommitMessage", "CommitterDate"],
      BuildCode: ["JAR_SHA256"],
      [versionFunction.name]: versionFunction.outputs,
      [prepareImageFunction.name]: prepareImageFunction.outputs,
      [bakeImageFunction.name]: bakeImageFunction.outputs,
      [prepareReleaseFunction.name]: prepareReleaseFunction.outputs,
      [rollOutFunction.name]: rollOutFunction.outputs,
    };
    const known = new Set((outputs["codepipeline"] ?? []).map((name) => `#{codepipeline.${name}}`));
    for (const one of actions) {
      for (const value of Object.values(parameters(one))) expect(known).toContain(value);
      for (const name of outputs[one.name] ?? []) known.add(`#{${one.namespace}.${name}}`);
    }
  });

  test("gives every namespace to one action only", () => {
    const namespaces = actions.flatMap(({ namespace }) => namespace ?? []);
    expect(new Set(namespaces).size).toBe(namespaces.length);
  });

  test.each([
    ["shop-version", versionFunction],
    ["shop-prepare-image", prepareImageFunction],
    ["shop-bake-image", bakeImageFunction],
    ["shop-clean-up", cleanUpFunction],
    ["shop-production-prepare-release", prepareReleaseFunction],
    ["shop-production-roll-out", rollOutFunction],
    ["shop-production-withdraw-release", withdrawReleaseFunction],
    ["shop-announce-failure", announceFailureFunction],
  ] as const)("configures %s with exactly the variables that it reads", (name, contract) => {
    const found = Object.values(synthesized.resources("aws_lambda_function")).find(
      (one) => one["function_name"] === name,
    );
    const { variables } = found?.["environment"] as { variables: Record<string, string> };
    expect(Object.keys(variables).sort()).toEqual([...contract.environment].sort());
  });

  test("has no job delivered after CodePipeline has stopped waiting for it", () => {
    const actionFunctions = /_(?:Version|PrepareImage|BakeImage|PrepareRelease|RollOut)_Function/;
    const deliveries = Object.values(synthesized.resources("aws_lambda_function_event_invoke_config")).filter(
      (one) => actionFunctions.test(String(one["function_name"])),
    );
    expect(deliveries).toHaveLength(7);
    for (const delivery of deliveries)
      expect(delivery).toMatchObject({ maximum_event_age_in_seconds: 600, maximum_retry_attempts: 2 });
  });

  test("lets a roll-out watch the alarms of an environment that has a load balancer", () => {
    const preferences = (name: string): unknown => {
      const found = Object.values(synthesized.resources("aws_lambda_function")).find(
        (one) => one["function_name"] === name,
      );
      const { variables } = found?.["environment"] as { variables: Record<string, string> };
      return JSON.parse(variables["REFRESH_PREFERENCES"] ?? "");
    };
    expect(preferences("shop-production-roll-out")).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
      AutoRollback: true,
      AlarmSpecification: { Alarms: ["shop-production-server-errors", "shop-production-unhealthy-hosts"] },
    });
    expect(preferences("shop-staging-roll-out")).not.toHaveProperty("AlarmSpecification");
  });

  test("zips each function's code once, whatever the number of environments", () => {
    const files = Object.values(synthesized.resources("aws_lambda_function")).map((one) => one["filename"]);
    expect(files).toHaveLength(10);
    expect(new Set(files).size).toBe(8);
  });

  test("has the pipeline destroyed before clean-up runs, and clean-up before what it needs goes", () => {
    const [invocation] = Object.keys(synthesized.resources("aws_lambda_invocation"));
    expect(synthesized.resource("aws_codepipeline")["depends_on"]).toContain(
      `aws_lambda_invocation.${invocation}`,
    );
    expect(synthesized.resource("aws_lambda_invocation")["depends_on"]).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.CleanUp/),
      expect.stringMatching(/^aws_imagebuilder_image_pipeline\./),
    ]);
  });

  test("names no role, function or rule longer than the configuration allows for", () => {
    const subjects = ["aws_iam_role", "aws_lambda_function", "aws_cloudwatch_event_rule"]
      .flatMap((type) => Object.values(synthesized.resources(type)))
      .map((one) => String(one["name"] ?? one["function_name"]))
      .map((name) => name.replace(/^shop-(?:(?:staging|production)-)?/, "").length);
    expect(Math.max(...subjects)).toBeLessThanOrEqual(longestSubject);
  });
});

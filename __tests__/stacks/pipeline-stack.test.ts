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
import { configuration, scheduledBaseImage, stubBundles } from "../support/configuration";
import { synthesizeStack, type Synthesized } from "../support/synthesized";

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
const scheduled = synthesizeStack(
  new PipelineStack(Testing.app(), configuration({ image: scheduledBaseImage }), stubBundles()),
);
const variablesOf = (of: Synthesized, functionName: string): Record<string, string> => {
  const found = Object.values(of.resources("aws_lambda_function")).find(
    (one) => one["function_name"] === functionName,
  );
  return (found?.["environment"] as { variables: Record<string, string> }).variables;
};
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
      "CleanUp",
      "BaseImage",
      "Network",
      "ImageBuilder",
      "ImageLifecycle",
      "VersionCounter",
      "ImagePipeline",
      "Image",
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
    expect(Object.keys(variablesOf(synthesized, name)).sort()).toEqual([...contract.environment].sort());
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
    const preferences = (name: string): unknown =>
      JSON.parse(variablesOf(synthesized, name)["REFRESH_PREFERENCES"] ?? "");
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

  test("has what makes images destroyed before clean-up runs, and clean-up before what it needs goes", () => {
    const [invocation] = Object.keys(scheduled.resources("aws_lambda_invocation"));
    const before = ["aws_codepipeline", "aws_imagebuilder_image_pipeline", "aws_imagebuilder_image_recipe"];
    const resources = before.flatMap((type) => Object.values(scheduled.resources(type)));
    expect(resources).toHaveLength(5);
    for (const resource of resources)
      expect(resource["depends_on"]).toContain(`aws_lambda_invocation.${invocation}`);
    expect(scheduled.resource("aws_lambda_invocation")["depends_on"]).toEqual([
      expect.stringMatching(/^aws_iam_role_policy\.CleanUp/),
      // what a bake that is cancelled may still write to, and by which permission
      expect.stringMatching(/^aws_cloudwatch_log_group\.BaseImagePipeline_Log/),
      expect.stringMatching(/^aws_cloudwatch_log_group\.BaseImagePipeline_InstanceLog/),
      expect.stringMatching(/^aws_cloudwatch_log_group\.ImagePipeline_Log/),
      expect.stringMatching(/^aws_cloudwatch_log_group\.ImageBuilder_Log/),
      expect.stringMatching(/^aws_iam_role_policy\.ImageBuilder_Role/),
    ]);
  });

  test("bakes no base image unless the configuration says when, and prepare-image does not look for any", () => {
    expect(Object.keys(synthesized.resources("aws_imagebuilder_image_pipeline"))).toHaveLength(1);
    expect(variablesOf(synthesized, "shop-prepare-image")["BASE_IMAGE_VERSION_ARN"]).toBe("none");
    const { policy } = synthesized.resource("aws_iam_role_policy", "Image_PrepareImage_Function");
    expect(policy).not.toContain("ListImageBuildVersions");
  });

  test("tells prepare-image which image the base recipe is baked into", () => {
    const { name } = scheduled.resource("aws_imagebuilder_image_recipe", "BaseImage");
    expect(variablesOf(scheduled, "shop-prepare-image")["BASE_IMAGE_VERSION_ARN"]).toBe(
      `arn:aws:imagebuilder:eu-west-1:111122223333:image/${String(name)}/1.0.0`,
    );
  });

  test("names no role, function or rule longer than the configuration allows for", () => {
    const subjects = ["aws_iam_role", "aws_lambda_function", "aws_cloudwatch_event_rule"]
      .flatMap((type) => Object.values(synthesized.resources(type)))
      .map((one) => String(one["name"] ?? one["function_name"]))
      .map((name) => name.replace(/^shop-(?:(?:staging|production)-)?/, "").length);
    expect(Math.max(...subjects)).toBeLessThanOrEqual(longestSubject);
  });
});

import { approval } from "../../../constructs/release/approval";
import { DeliveryPipeline } from "../../../constructs/release/delivery-pipeline";
import { PipelineFunction } from "../../../constructs/shared/pipeline-function";
import { versionFunction } from "../../../contract/functions";
import { testArtifacts, testBundles, testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  const key = testKey(scope);
  const version = new PipelineFunction(scope, "Version", {
    contract: versionFunction,
    functionName: "shop-version",
    description: "draws versions",
    environment: { VERSION_PARAMETER: "/shop/ImageVersion", VERSION_LINE: "1.0" },
    bundles: testBundles(scope),
    key,
    failsInDrill: "wrong-settings",
  });
  const action = version.action({ namespace: "VersionVariables", parameters: { ExecutionId: "1" } });
  expect(action.output("Version")).toBe("#{VersionVariables.Version}");
  new DeliveryPipeline(scope, "Pipeline", {
    pipelineName: "shop",
    roleName: "shop-pipeline",
    accountId: "111122223333",
    executionMode: "SUPERSEDED",
    artifacts: testArtifacts(scope, key),
    outlivedBy: [],
    stages: [
      { name: "Release", actions: [action, approval("Really?")] },
      { name: "Careful", actions: [approval("Really?")], rollsBack: true },
    ],
  });
});
const pipeline = stack.resource("aws_codepipeline");

describe("the delivery pipeline", () => {
  test("lets executions wait for each other as it is told", () => {
    expect(pipeline).toMatchObject({ pipeline_type: "V2", execution_mode: "SUPERSEDED" });
  });

  test("passes artifacts through the encrypted bucket", () => {
    expect(pipeline["artifact_store"]).toEqual([
      expect.objectContaining({
        type: "S3",
        encryption_key: { id: expect.stringMatching(/aws_kms_key/), type: "KMS" },
      }),
    ]);
  });

  test("runs a function's action under a role of its own", () => {
    expect(pipeline["stage"]).toMatchObject([
      {
        action: [
          { name: "version", run_order: 1, role_arn: expect.stringMatching(/Version_ActionRole/) },
          { name: "approve", run_order: 2, category: "Approval", configuration: { CustomData: "Really?" } },
        ],
      },
      { name: "Careful" },
    ]);
  });

  test("rolls back the stages that are to be, and stops in the others", () => {
    const [release, careful] = pipeline["stage"] as readonly Record<string, unknown>[];
    expect(careful).toHaveProperty("on_failure", { result: "ROLLBACK" });
    expect(release).not.toHaveProperty("on_failure");
  });

  test("is not made before every policy that it uses", () => {
    const policies = Object.keys(stack.resources("aws_iam_role_policy")).map(
      (id) => `aws_iam_role_policy.${id}`,
    );
    expect(policies).toHaveLength(3);
    expect(pipeline["depends_on"]).toEqual(expect.arrayContaining(policies));
  });
});

import { ApplicationBuild } from "../../../constructs/build/application-build";
import { testArtifacts, testKey, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (
  architecture: "arm64" | "x86_64" = "arm64",
  use: (build: ApplicationBuild) => void = () => undefined,
) =>
  synthesizeConstruct((scope) => {
    const key = testKey(scope);
    const artifacts = testArtifacts(scope, key);
    const build = new ApplicationBuild(scope, "Build", {
      projectName: "shop-build",
      projectArn: "arn:aws:codebuild:eu-west-1:111122223333:project/shop-build",
      roleName: "shop-build",
      accountId: "111122223333",
      architecture,
      artifacts,
      key,
    });
    const role = testRole(scope, "Pipeline");
    const { definition } = build.action({ input: "Source", output: "Application" }).bind({ role, artifacts });
    expect(definition).toMatchObject({
      provider: "CodeBuild",
      inputArtifacts: ["Source"],
      outputArtifacts: ["Application"],
      namespace: "BuildVariables",
    });
    use(build);
  });

describe("the application's build", () => {
  test.each([
    ["arm64", "ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0"],
    ["x86_64", "LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0"],
  ] as const)("runs on the curated Amazon Linux 2023 image for %s", (architecture, type, image) => {
    expect(made(architecture).resource("aws_codebuild_project")["environment"]).toMatchObject({
      type,
      image,
    });
  });

  test("reads what to do from the source, and caches beside the artifacts", () => {
    const project = made().resource("aws_codebuild_project");
    expect(project["source"]).toEqual({ type: "CODEPIPELINE" });
    expect(project["cache"]).toEqual({ type: "S3", location: expect.stringMatching(/\/cache$/) });
    expect(project["environment"]).not.toHaveProperty("privileged_mode");
  });

  test("tells later actions the hash of the JAR that it made", () => {
    made("arm64", (build) => expect(build.jarSha256).toBe("#{BuildVariables.JAR_SHA256}"));
  });

  test("lets the pipeline start it and look at it, and nothing else", () => {
    const stack = made();
    const [policy] = Object.entries(stack.resources("aws_iam_role_policy")).filter(([id]) =>
      id.startsWith("Pipeline"),
    );
    expect(stack.policy(policy?.[1]["policy"]).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
        Resource: ["arn:aws:codebuild:eu-west-1:111122223333:project/shop-build"],
      },
    ]);
  });
});

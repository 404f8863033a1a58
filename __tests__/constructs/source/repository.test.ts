import { Repository } from "../../../constructs/source/repository";
import { CommitTrigger } from "../../../constructs/source/commit-trigger";
import { testArtifacts, testRole } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  const repository = new Repository(scope, "Repository", { repositoryName: "shop", branch: "main" });
  const { definition } = repository
    .action({ output: "Source" })
    .bind({ role: testRole(scope, "Pipeline"), artifacts: testArtifacts(scope) });
  expect(definition.name).toBe("Source");
  expect(definition.configuration).toMatchObject({
    RepositoryName: "shop",
    BranchName: "main",
    PollForSourceChanges: "false",
  });
  expect(repository.commitId).toBe("#{SourceVariables.CommitId}");
  new CommitTrigger(scope, "Trigger", {
    ruleName: "shop-commit",
    roleName: "shop-commit-trigger",
    accountId: "111122223333",
    repository,
    branch: "main",
    pipelineArn: "arn:aws:codepipeline:eu-west-1:111122223333:shop",
  });
});

describe("the repository", () => {
  test("lets the pipeline fetch a commit, and not write one", () => {
    const [policy] = Object.entries(stack.resources("aws_iam_role_policy")).filter(([id]) =>
      id.startsWith("Pipeline"),
    );
    const [statement] = stack.policy(policy?.[1]["policy"]).Statement;
    expect(statement?.Resource).toEqual(["arn:aws:codecommit:eu-west-1:111122223333:shop"]);
    expect(statement?.Action).toContain("codecommit:UploadArchive");
    expect(statement?.Action).not.toContain("codecommit:GitPush");
  });
});

describe("a commit", () => {
  test("starts the pipeline when it is on the branch, also when it is the first", () => {
    const rule = stack.resource("aws_cloudwatch_event_rule");
    expect(JSON.parse(stack.resolve(String(rule["event_pattern"])))).toEqual({
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Repository State Change"],
      resources: ["arn:aws:codecommit:eu-west-1:111122223333:shop"],
      detail: {
        event: ["referenceCreated", "referenceUpdated"],
        referenceType: ["branch"],
        referenceName: ["main"],
      },
    });
    expect(stack.resource("aws_cloudwatch_event_target")).toMatchObject({
      arn: "arn:aws:codepipeline:eu-west-1:111122223333:shop",
      role_arn: expect.stringMatching(/aws_iam_role\.Trigger/),
    });
  });

  test("is what the Source action of that execution takes, whatever the branch has by then", () => {
    const [transformer] = [stack.resource("aws_cloudwatch_event_target")["input_transformer"]].flat() as {
      input_paths: object;
      input_template: string;
    }[];
    expect(transformer?.input_paths).toEqual({ commitId: "$.detail.commitId" });
    expect(JSON.parse(transformer?.input_template ?? "")).toEqual({
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "<commitId>" }],
    });
  });
});

import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  type ActionExecution,
  CodePipelineClient,
  GetPipelineStateCommand,
} from "@aws-sdk/client-codepipeline";
import {
  type AccessKey,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonClients } from "../../../support/python-clients";
import { readmeCommand } from "../../../support/readme-commands";
import { RunningCloud } from "../../../support/running-cloud";
import { until } from "../../../support/until";
import { deployHelloWorld, group, name } from "./hello-world";

jest.setTimeout(300_000);

let programs: string;
let cloud: RunningCloud;
let home: string;

beforeAll(async () => {
  programs = await pythonClients();
  cloud = await RunningCloud.start();
  home = join(cloud.directory, "home");
  mkdirSync(home);
  await deployHelloWorld(cloud.client);
});
afterAll(() => cloud.stop());

/** A command in a shell that knows nothing but what the README says to export. */
function typed(command: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const exports = readmeCommand("rehearsal/README.md", "export AWS_ENDPOINT_URL=");
  const line = [exports, command].join("\n").replaceAll("http://127.0.0.1:45931", cloud.process.endpoint);
  const env = { PATH: `${programs}:${process.env["PATH"]}`, HOME: home };
  return spawnSync("bash", ["-c", line], { cwd: home, env, encoding: "utf8" });
}
function answered(command: string): string {
  const { status, stdout, stderr } = typed(command);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}
const json = (command: string): Record<string, unknown> =>
  JSON.parse(answered(command)) as Record<string, unknown>;
const rehearsal = (beginning: string): string => readmeCommand("rehearsal/README.md", beginning);
const project = (beginning: string): string => readmeCommand("README.md", beginning);

async function approval(): Promise<ActionExecution | undefined> {
  const { stageStates } = await new CodePipelineClient(cloud.client).send(
    new GetPipelineStateCommand({ name }),
  );
  return stageStates![1]!.actionStates![0]!.latestExecution;
}

/** Starts an execution and approves it, by the commands of the two READMEs. @returns its id */
async function release(): Promise<string> {
  const before = (await approval())?.token;
  const { pipelineExecutionId } = json(rehearsal("aws codepipeline start-pipeline-execution"));
  await until(approval, (seen) => seen?.token !== undefined && seen.token !== before);
  const state = answered(rehearsal("aws codepipeline get-pipeline-state"));
  const token = /"token": "(.+)"/.exec(state)![1]!;
  json(project("aws codepipeline put-approval-result").replace("<token>", token));
  await until(approval, (seen) => seen?.status === "Succeeded");
  return String(pipelineExecutionId);
}

async function userOf(Action: string): Promise<AccessKey> {
  const iam = new IAMClient(cloud.client);
  const user = { UserName: "committer" };
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] };
  await iam.send(new CreateUserCommand(user));
  await iam.send(
    new PutUserPolicyCommand({ ...user, PolicyName: "work", PolicyDocument: JSON.stringify(policy) }),
  );
  return (await iam.send(new CreateAccessKeyCommand(user))).AccessKey!;
}

describe("the AWS CLI, with what the README exports,", () => {
  it("starts executions, approves them, lists them and their actions, and rolls back to the first", async () => {
    const [first, second] = [await release(), await release()];
    const { actionExecutionDetails } = json(rehearsal("aws codepipeline list-action-executions"));
    expect(actionExecutionDetails).toContainEqual(
      expect.objectContaining({ pipelineExecutionId: first, actionName: "approve", status: "Succeeded" }),
    );
    expect(answered(project("aws codepipeline list-pipeline-executions"))).toMatch(
      new RegExp(`${second}.*\\n(.*\\n)*.*${first}`),
    );
    const rollback = rehearsal("aws codepipeline rollback-stage").replace("<id>", first);
    expect(json(rollback)).toEqual({
      pipelineExecutionId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  it("makes components, lists them page by page and reads one", () => {
    const data =
      "schemaVersion: 1.0\nphases: [{name: build, steps: [{name: S, action: ExecuteBash, inputs: {commands: [ls]}}]}]";
    writeFileSync(join(home, "component.yml"), data);
    const create = (component: string): string =>
      `aws imagebuilder create-component --name ${component} --semantic-version 1.0.0 --platform Linux --data file://component.yml`;
    const { componentBuildVersionArn } = json(create("one"));
    answered(create("two"));
    const names = answered(
      "aws imagebuilder list-components --owner Self --page-size 1 --query 'componentVersionList[].name' --output text",
    );
    expect(names.split(/\s+/).filter(Boolean).sort()).toEqual(["one", "two"]);
    const read = json(
      `aws imagebuilder get-component --component-build-version-arn ${componentBuildVersionArn}`,
    );
    expect(read["component"]).toMatchObject({ name: "one", data });
  });

  it("scales a group, and starts, describes and cancels its instance refresh", async () => {
    answered(
      rehearsal("aws autoscaling update-auto-scaling-group").replace(
        "--desired-capacity 0",
        "--desired-capacity 1",
      ),
    );
    const described = async () =>
      (await new AutoScalingClient(cloud.client).send(new DescribeAutoScalingGroupsCommand({})))
        .AutoScalingGroups![0]!;
    await until(described, ({ Instances }) => Instances?.[0]?.LifecycleState === "InService");
    const id = `--auto-scaling-group-name ${group}`;
    json(
      `aws autoscaling start-instance-refresh ${id} --preferences InstanceWarmup=600,MinHealthyPercentage=100`,
    );
    expect(json(rehearsal("aws autoscaling describe-instance-refreshes"))["InstanceRefreshes"]).toHaveLength(
      1,
    );
    expect(json(`aws autoscaling cancel-instance-refresh ${id}`)).toHaveProperty("InstanceRefreshId");
    answered(rehearsal("aws autoscaling update-auto-scaling-group"));
    expect((await described()).DesiredCapacity).toBe(0);
  });

  it("reads the logs with the operation that version 2's `logs tail` calls", () => {
    const logGroup = rehearsal("aws logs tail").replace("aws logs tail ", "");
    expect(answered(`aws logs filter-log-events --log-group-name ${logGroup}`)).toContain("Phase complete");
  });

  it.each([
    ["aws codepipeline get-pipeline-state --name no-such", "PipelineNotFoundException"],
    ["aws codecommit get-repository --repository-name no-such", "RepositoryDoesNotExistException"],
    [
      "aws autoscaling cancel-instance-refresh --auto-scaling-group-name hello-world-production",
      "ActiveInstanceRefreshNotFound",
    ],
    ["aws imagebuilder list-components --next-token no-token", "InvalidPaginationTokenException"],
  ])("shows an error by its name: %s", (command, error) => {
    const { status, stderr } = typed(command);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`An error occurred (${error}) when calling`);
  });
});

describe("beside it", () => {
  it("git clones with the account's id", () => {
    answered(rehearsal("git clone").replace("127.0.0.1:45931", new URL(cloud.process.endpoint).host));
    expect(answered("cat hello-world/a.txt")).toBe("a\n");
  });

  it("git clones and pushes as a user, whose signature the CLI's credential helper makes", async () => {
    const key = await userOf("codecommit:*");
    const helper = "aws codecommit credential-helper --ignore-host-check $@";
    const git = (command: string, secret = key.SecretAccessKey!): string =>
      [
        `export AWS_ACCESS_KEY_ID=${key.AccessKeyId} AWS_SECRET_ACCESS_KEY=${secret}`,
        `git -c credential.helper='!${helper}' -c credential.UseHttpPath=true -c user.name=a -c user.email=a@b ${command}`,
      ].join("\n");
    const url = `${cloud.process.endpoint}/v1/repos/${name}`;
    answered(git(`clone --quiet ${url} of-a-user`));
    answered(git("-C of-a-user commit --quiet --allow-empty --message empty"));
    answered(git("-C of-a-user push --quiet origin main"));
    expect(typed(git(`clone --quiet ${url} forged`, "guessed")).stderr).toContain("does not fit");
  });

  it("curl lists what listens where", () => {
    expect(json(rehearsal("curl $AWS_ENDPOINT_URL/_local/addresses"))).toEqual({
      loadBalancers: {},
      instances: expect.anything() as object,
    });
  });
});

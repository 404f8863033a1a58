import type { IncomingMessage } from "node:http";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchDeleteBuildsCommand,
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  type Build,
  CodeBuildClient,
  CreateProjectCommand,
  type CreateProjectCommandInput,
  CreateWebhookCommand,
  DeleteProjectCommand,
  InvalidateProjectCacheCommand,
  ListBuildsForProjectCommand,
  ListProjectsCommand,
  RetryBuildCommand,
  StartBuildCommand,
  type StartBuildCommandInput,
  StopBuildCommand,
  UpdateProjectCommand,
} from "@aws-sdk/client-codebuild";
import {
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { mockClient } from "aws-sdk-client-mock";
import { strToU8, unzipSync, zipSync } from "fflate";
import { codeBuild, type CodeBuildPart } from "../../../../rehearsal/cloud/codebuild/codebuild";
import type { Callers } from "../../../../rehearsal/cloud/gateway/callers";
import { gitCaller } from "../../../../rehearsal/cloud/gateway/git-callers";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";
import { isGone } from "../../../support/processes";
import { until } from "../../../support/until";

const s3 = mockClient(S3Client);
const logs = mockClient(CloudWatchLogsClient);
const ssm = mockClient(SSMClient);
const role = "arn:aws:iam::111122223333:role/build";
const name = "shop-build";

let harness: GatewayHarness;
let cloud: TestCloud;
let part: CodeBuildPart;
let client: CodeBuildClient;
let objects: Map<string, { body: Buffer; metadata?: Record<string, string> }>;
let checkedOut: string[];

beforeEach(async () => {
  harness = new GatewayHarness();
  cloud = new TestCloud();
  await harness.start();
  cloud.endpoint = harness.endpoint;
  checkedOut = [];
  part = codeBuild({
    cloud,
    model: modelOf("codebuild"),
    authorizer: {
      authorize: async () => undefined,
      authorizeRole: async (_credentials, action, resource) => void harness.asked.push({ action, resource }),
    },
    repositories: {
      checkOut: async (repository, version) => {
        checkedOut.push(`${repository} ${version}`);
        return "c".repeat(40);
      },
    },
  });
  harness.parts = [part];
  client = new CodeBuildClient(harness.client);
  objects = new Map();
  for (const mock of [s3, logs, ssm]) mock.reset();
  logs.on(PutLogEventsCommand).resolves({});
  logs.on(CreateLogStreamCommand).resolves({});
  s3.on(PutObjectCommand).callsFake(async ({ Bucket, Key, Body, Metadata }) => {
    objects.set(`${Bucket}/${Key}`, { body: Buffer.from(Body), metadata: Metadata });
    return {};
  });
  s3.on(GetObjectCommand).callsFake(async ({ Bucket, Key }) => {
    const object = objects.get(`${Bucket}/${Key}`);
    if (!object) throw new NoSuchKey({ message: `no ${Key}`, $metadata: {} });
    return {
      Metadata: object.metadata,
      Body: { transformToByteArray: async () => new Uint8Array(object.body) },
    };
  });
});

afterEach(async () => {
  cloud.end.abort();
  await part.close();
  client.destroy();
  await harness.stop();
  cloud.remove();
  expect(harness.unexpected).toEqual([]);
});

const create = (input: Partial<CreateProjectCommandInput> = {}) =>
  client.send(
    new CreateProjectCommand({
      name,
      source: { type: "NO_SOURCE", buildspec: "version: 0.2\nphases: {}\n" },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        type: "ARM_CONTAINER",
        image: "aws/codebuild/amazonlinux-aarch64-standard:3.0",
        computeType: "BUILD_GENERAL1_SMALL",
      },
      serviceRole: role,
      ...input,
    }),
  );

const start = async (input: Partial<StartBuildCommandInput> = {}): Promise<string> =>
  (await client.send(new StartBuildCommand({ projectName: name, ...input }))).build!.id!;

async function finished(id: string): Promise<Build> {
  for (;;) {
    const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
    if (builds![0]!.buildComplete) return builds![0]!;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The process group of a build that writes it to `../pid`, once it has. */
const groupOf = (id: string): Promise<number> =>
  until(() => {
    const file = join(cloud.directory, "codebuild", id.split(":")[1]!, "pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  }, Boolean);

const runSpec = async (
  buildspecOverride: string,
  input: Partial<StartBuildCommandInput> = {},
): Promise<Build> => finished(await start({ buildspecOverride, ...input }));

const phases = (build: Build): string[] =>
  build.phases!.map(({ phaseType, phaseStatus }) => `${phaseType} ${phaseStatus ?? ""}`.trim());
const logOf = (build: Build): string =>
  readFileSync(join(cloud.directory, "codebuild", build.id!.split(":")[1]!, "build.log"), "utf8");
const outputOf = (build: Build): string[] =>
  logOf(build)
    .split("\n")
    .filter((line) => line && !line.startsWith("[Container]"));
const commands = (...lines: string[]): string =>
  [
    "version: 0.2",
    "phases:",
    "  build:",
    "    commands:",
    ...lines.map((line) => `      - ${JSON.stringify(line)}`),
    "",
  ].join("\n");

describe("a project", () => {
  it("is read back as it was stored, with the service's defaults", async () => {
    await create({ tags: [{ key: "Application", value: "shop" }], description: "builds the shop" });
    const { projects, projectsNotFound } = await client.send(
      new BatchGetProjectsCommand({ names: [name, "none"] }),
    );
    expect(projectsNotFound).toEqual(["none"]);
    expect(projects![0]).toMatchObject({
      name,
      arn: `arn:aws:codebuild:eu-central-1:111122223333:project/${name}`,
      description: "builds the shop",
      encryptionKey: "arn:aws:kms:eu-central-1:111122223333:alias/aws/s3",
      timeoutInMinutes: 60,
      queuedTimeoutInMinutes: 480,
      cache: { type: "NO_CACHE" },
      badge: { badgeEnabled: false },
      projectVisibility: "PRIVATE",
      tags: [{ key: "Application", value: "shop" }],
      environment: { imagePullCredentialsType: "CODEBUILD", privilegedMode: false, environmentVariables: [] },
    });
  });

  it("needs a role that CodeBuild may assume and that the caller may pass", async () => {
    cloud.untrusting.add(role);
    await expect(create()).rejects.toMatchObject({
      name: "InvalidInputException",
      message: expect.stringContaining("sts:AssumeRole"),
    });
    expect(harness.asked).toContainEqual({
      action: "iam:PassRole",
      resource: role,
      context: { "iam:PassedToService": "codebuild.amazonaws.com" },
    });
  });

  it("is updated where it is told to, listed and deleted", async () => {
    await create({ description: "before" });
    await expect(create()).rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    const { project } = await client.send(new UpdateProjectCommand({ name, timeoutInMinutes: 5 }));
    expect(project).toMatchObject({ description: "before", timeoutInMinutes: 5 });
    expect((await client.send(new ListProjectsCommand({}))).projects).toEqual([name]);
    await client.send(new DeleteProjectCommand({ name }));
    await client.send(new DeleteProjectCommand({ name }));
    expect((await client.send(new ListProjectsCommand({}))).projects).toEqual([]);
    await expect(client.send(new UpdateProjectCommand({ name }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it.each<[string, Partial<CreateProjectCommandInput>]>([
    ["CODEPIPELINE must be used", { source: { type: "CODEPIPELINE" } }],
    ["location must be set for source type", { source: { type: "CODECOMMIT" } }],
    ["buildspec must be set", { source: { type: "NO_SOURCE" } }],
    ["location must be set for artifact", { artifacts: { type: "S3" } }],
    ["location must be set for cache", { cache: { type: "S3" } }],
    ["is not the ARN of a role", { serviceRole: "build" }],
    ["starts with aws:", { tags: [{ key: "aws:x", value: "y" }] }],
  ])("is refused because %s", async (message, input) => {
    await expect(create(input)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });

  it("answers an operation that is not served with the service's error", async () => {
    await expect(client.send(new CreateWebhookCommand({ projectName: name }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });
});

describe("a build", () => {
  beforeEach(() => create());

  it("goes through every phase and tells so", async () => {
    const build = await runSpec(commands("echo hello"));
    expect(build).toMatchObject({
      buildStatus: "SUCCEEDED",
      currentPhase: "COMPLETED",
      buildNumber: 1,
      initiator: "tester",
      projectName: name,
      id: expect.stringMatching(/^shop-build:[0-9a-f-]{36}$/),
      arn: expect.stringMatching(/^arn:aws:codebuild:eu-central-1:111122223333:build\/shop-build:/),
    });
    expect(phases(build)).toEqual([
      "SUBMITTED SUCCEEDED",
      "QUEUED SUCCEEDED",
      "PROVISIONING SUCCEEDED",
      "DOWNLOAD_SOURCE SUCCEEDED",
      "INSTALL SUCCEEDED",
      "PRE_BUILD SUCCEEDED",
      "BUILD SUCCEEDED",
      "POST_BUILD SUCCEEDED",
      "UPLOAD_ARTIFACTS SUCCEEDED",
      "FINALIZING SUCCEEDED",
      "COMPLETED",
    ]);
    const states = cloud.events.filter(({ detailType }) => detailType === "CodeBuild Build State Change");
    expect(states.map(({ detail }) => detail["build-status"])).toEqual(["IN_PROGRESS", "SUCCEEDED"]);
    expect(states[1]).toMatchObject({ source: "aws.codebuild", resources: [build.arn] });
    expect(
      cloud.events.filter(({ detailType }) => detailType === "CodeBuild Build Phase Change"),
    ).toHaveLength(10);
  });

  it("keeps variables, functions and the folder from command to command, also behind an exit", async () => {
    const build = await runSpec(`
version: 0.2
phases:
  install:
    commands:
      - plain=1; export exported=2
      - greet() { echo "greeted $1"; }
      - mkdir sub && cd sub
  pre_build:
    on-failure: CONTINUE
    commands:
      - echo "$plain $exported"; pwd | grep -o 'src/sub'
      - exit 3
      - echo never
  build:
    commands:
      - echo "$plain $exported"; pwd | grep -o 'src/sub'; greet you
`);
    expect(outputOf(build)).toEqual(["1 2", "src/sub", "1 2", "src/sub", "greeted you"]);
    expect(build.phases!.find(({ phaseType }) => phaseType === "PRE_BUILD")!.contexts).toEqual([
      {
        statusCode: "COMMAND_EXECUTION_ERROR",
        message: "Error while executing command: exit 3. Reason: exit status 3",
      },
    ]);
  });

  it("lets variables of StartBuild win over the project's, and those over the buildspec's", async () => {
    ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: "/shop/token", Value: "s3cret" }] });
    await client.send(
      new UpdateProjectCommand({
        name,
        environment: {
          type: "ARM_CONTAINER",
          image: "image",
          computeType: "BUILD_GENERAL1_SMALL",
          environmentVariables: [
            { name: "A", value: "project" },
            { name: "B", value: "project" },
          ],
        },
      }),
    );
    const build = await runSpec(
      `
version: 0.2
env:
  variables: { A: spec, B: spec, C: spec }
  parameter-store: { TOKEN: /shop/token }
  exported-variables: [A, MADE, MISSING]
phases:
  build:
    commands:
      - echo "$A $B $C $TOKEN"
      - MADE="two words"
      - echo "$CODEBUILD_BUILD_ID $CODEBUILD_BUILD_NUMBER $AWS_REGION $AWS_ENDPOINT_URL $CODEBUILD_BUILD_SUCCEEDING"
      - echo "[$TF_CLI_CONFIG_FILE] $AWS_SESSION_TOKEN"; echo "$HOME"
`,
      { environmentVariablesOverride: [{ name: "A", value: "override" }] },
    );
    expect(outputOf(build)).toEqual([
      "override project spec s3cret",
      `${build.id} 1 eu-central-1 ${harness.endpoint} 1`,
      `[] ${role}`,
      join(cloud.cacheDirectory, "build-home"),
    ]);
    expect(build.exportedEnvironmentVariables).toEqual([
      { name: "A", value: "override" },
      { name: "MADE", value: "two words" },
    ]);
    const sent = logs.commandCalls(PutLogEventsCommand).flatMap((call) => call.args[0].input.logEvents!);
    expect(sent.map(({ message }) => message)).toContain("override project spec ***");
  });

  it.each([
    ["install", ["INSTALL FAILED", "FINALIZING SUCCEEDED", "COMPLETED"]],
    ["pre_build", ["PRE_BUILD FAILED", "FINALIZING SUCCEEDED", "COMPLETED"]],
    [
      "build",
      [
        "BUILD FAILED",
        "POST_BUILD SUCCEEDED",
        "UPLOAD_ARTIFACTS SUCCEEDED",
        "FINALIZING SUCCEEDED",
        "COMPLETED",
      ],
    ],
    ["post_build", ["POST_BUILD FAILED", "FINALIZING SUCCEEDED", "COMPLETED"]],
  ])("fails with its %s phase as documented", async (phase, expected) => {
    const build = await runSpec(`
version: 0.2
phases:
  ${phase}:
    commands: ["false", "echo never"]
    finally: ["echo finally"]
`);
    expect(build.buildStatus).toBe("FAILED");
    expect(phases(build).slice(-expected.length)).toEqual(expected);
    expect(outputOf(build)).toEqual(["finally"]);
  });

  it("tells post_build that the build is failing, unless a failure aborts it", async () => {
    const spec = (onFailure: string) => `
version: 0.2
phases:
  build: { ${onFailure} commands: ["false"] }
  post_build: { commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] }
`;
    expect(outputOf(await runSpec(spec("")))).toEqual(["succeeding: 0"]);
    expect(outputOf(await runSpec(spec("on-failure: ABORT,")))).toEqual([]);
  });

  it.each([
    ["RETRY-2", "false", 3],
    ["RETRY-1-.*exit status 7.*", "exit 7", 2],
    ["RETRY-.*exit status 7.*", "false", 1],
    ["retry-0", "false", 1],
  ])("is tried again where its phase says %s and runs %s: %i builds", async (onFailure, command, count) => {
    const first = await runSpec(
      `version: 0.2\nphases:\n  install:\n    on-failure: ${onFailure}\n    commands: ["${command}"]\n`,
    );
    const all = [first];
    for (let next = first.autoRetryConfig!.nextAutoRetry; next;) {
      const build = await finished(next.slice(next.indexOf("/") + 1));
      expect(build.autoRetryConfig!.previousAutoRetry).toBe(all.at(-1)!.arn);
      all.push(build);
      next = build.autoRetryConfig!.nextAutoRetry;
    }
    expect(all.map(({ autoRetryConfig }) => autoRetryConfig!.autoRetryNumber)).toEqual([...all.keys()]);
    expect(all).toHaveLength(count);
  });

  it("is tried again as often as its project says, and not when it was stopped", async () => {
    const once = { autoRetryLimitOverride: 1 };
    const first = await runSpec(commands("false"), once);
    const { nextAutoRetry } = first.autoRetryConfig!;
    const second = await finished(nextAutoRetry!.slice(nextAutoRetry!.indexOf("/") + 1));
    expect(second.autoRetryConfig).toMatchObject({ autoRetryLimit: 1, autoRetryNumber: 1 });
    expect(second.autoRetryConfig!.nextAutoRetry).toBeUndefined();
    const id = await start({ buildspecOverride: commands("echo $$ > ../pid; sleep 600"), ...once });
    await groupOf(id);
    const { build } = await client.send(new StopBuildCommand({ id }));
    expect(build!.autoRetryConfig!.nextAutoRetry).toBeUndefined();
  });

  it("lets git sign with the project's role where its buildspec asks for that", async () => {
    const fill = (helper: string) => `
version: 0.2
env: { git-credential-helper: ${helper} }
phases:
  build:
    commands:
      - printf 'protocol=http\\nhost=127.0.0.1:1\\npath=v1/repos/shop\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill
`;
    const answer = outputOf(await runSpec(fill("yes")));
    const [username, password] = ["username", "password"].map((name) =>
      answer.find((line) => line.startsWith(`${name}=`))!.slice(name.length + 1),
    );
    const callers = {
      resolve: async () => ({ accountId: "1", arn: "role", accessKeyId: "A", secretAccessKey: "secret" }),
    };
    const request = {
      url: "/v1/repos/shop/info/refs",
      headers: {
        host: "127.0.0.1:1",
        authorization: `Basic ${Buffer.from(`${username!.split("%")[0]}:${password}`).toString("base64")}`,
      },
    };
    const caller = gitCaller(request as IncomingMessage, callers as unknown as Callers, "eu-central-1");
    expect(await caller).toMatchObject({ arn: "role" });
    expect(username).toBe(`ASIAROLE%${role}`);
    expect((await runSpec(fill("no"))).buildStatus).toBe("FAILED");
  });

  it("says in its log what of the buildspec is not carried out", async () => {
    const build = await runSpec('version: 0.2\nrun-as: ada\nphases: { build: { commands: ["true"] } }\n');
    expect(logOf(build)).toMatch(/Not carried out by the local cloud: run-as/);
  });

  it.each<[string, Partial<StartBuildCommandInput>]>([
    ["a debug session", { debugSessionEnabled: true }],
    ["a fleet", { fleetOverride: { fleetArn: "arn:aws:codebuild:eu-central-1:111122223333:fleet/f" } }],
  ])("is refused %s", async (_, input) => {
    await expect(start(input)).rejects.toMatchObject({ name: "InvalidInputException" });
  });

  it.each([
    [
      "an unknown reaction to a failure",
      "version: 0.2\nphases: { build: { on-failure: IGNORE } }\n",
      "'IGNORE'",
    ],
    ["no buildspec", "missing.yml", "no such file or directory"],
    ["no YAML", "version: 0.2\nphases: [", "not valid YAML"],
    ["an unknown phase", "version: 0.2\nphases:\n  test: {}\n", "test"],
    ["another version", "version: 9\nphases: {}\n", "version"],
  ])("fails while it downloads the source when there is %s", async (_, spec, message) => {
    const build = await runSpec(spec);
    const phase = build.phases!.find(({ phaseType }) => phaseType === "DOWNLOAD_SOURCE")!;
    expect(phase.phaseStatus).toBe("FAILED");
    expect(phase.contexts![0]).toEqual({
      statusCode: "YAML_FILE_ERROR",
      message: expect.stringContaining(message),
    });
    expect(build.buildStatus).toBe("FAILED");
  });

  it("is stopped with everything that it runs", async () => {
    const id = await start({ buildspecOverride: commands("echo $$ > ../pid; sleep 600 & sleep 600") });
    const group = await groupOf(id);
    const { build } = await client.send(new StopBuildCommand({ id }));
    expect(build!.buildStatus).toBe("STOPPED");
    expect(phases(build!).slice(-2)).toEqual(["BUILD STOPPED", "COMPLETED"]);
    await until(() => isGone(-group), Boolean);
  });

  it("ends with the cloud", async () => {
    const id = await start({ buildspecOverride: commands("echo $$ > ../pid; sleep 600") });
    await groupOf(id);
    cloud.end.abort();
    await part.close();
    expect((await finished(id)).buildStatus).toBe("STOPPED");
  });

  it("times out", async () => {
    const real = globalThis.setTimeout;
    const spy = jest
      .spyOn(globalThis, "setTimeout")
      .mockImplementation(((work: () => void, delay?: number) =>
        real(work, delay === 300_000 ? 300 : delay)) as typeof setTimeout);
    const id = await start({ buildspecOverride: commands("sleep 600"), timeoutInMinutesOverride: 5 });
    spy.mockRestore();
    const build = await finished(id);
    expect(build.buildStatus).toBe("TIMED_OUT");
    expect(build.phases!.at(-2)!.contexts![0]).toMatchObject({ statusCode: "BUILD_TIMED_OUT" });
  });

  it("starts once for one idempotency token", async () => {
    const first = await start({ idempotencyToken: "t" });
    expect(await start({ idempotencyToken: "t" })).toBe(first);
    await expect(start({ idempotencyToken: "t", sourceVersion: "x" })).rejects.toMatchObject({
      name: "InvalidInputException",
    });
    await finished(first);
    expect((await client.send(new ListBuildsForProjectCommand({ projectName: name }))).ids).toEqual([first]);
  });

  it("is tried again, and deleted", async () => {
    const first = await runSpec(commands("echo once more"));
    const retried = await client.send(new RetryBuildCommand({ id: first.id }));
    const second = await finished(retried.build!.id!);
    expect(outputOf(second)).toEqual(["once more"]);
    expect(second.buildNumber).toBe(2);
    const { buildsDeleted } = await client.send(
      new BatchDeleteBuildsCommand({ ids: [first.id!, second.arn!] }),
    );
    expect(buildsDeleted).toEqual([first.arn, second.arn]);
    expect((await client.send(new BatchGetBuildsCommand({ ids: [first.id!] }))).buildsNotFound).toEqual([
      first.id,
    ]);
  });

  it("runs no more at a time than its project allows", async () => {
    await client.send(new UpdateProjectCommand({ name, concurrentBuildLimit: 1 }));
    await start({ buildspecOverride: commands("sleep 600") });
    await expect(start()).rejects.toMatchObject({ name: "AccountLimitExceededException" });
  });

  it("takes its source from a repository with the project's role", async () => {
    await runSpec(commands("true"), {
      sourceTypeOverride: "CODECOMMIT",
      sourceLocationOverride: "https://git-codecommit.eu-central-1.amazonaws.com/v1/repos/shop",
      sourceVersion: "main",
    });
    expect(checkedOut).toEqual(["shop main"]);
    expect(harness.asked).toContainEqual({
      action: "codecommit:GitPull",
      resource: "arn:aws:codecommit:eu-central-1:111122223333:shop",
    });
  });
});

describe("the log of a build", () => {
  it("goes to the project's group, which is made when it is missing", async () => {
    await create();
    logs
      .on(CreateLogStreamCommand)
      .rejectsOnce(new ResourceNotFoundException({ message: "no group", $metadata: {} }))
      .resolves({});
    const build = await runSpec(commands("echo one; echo two >&2"));
    expect(logs.commandCalls(CreateLogGroupCommand)[0]!.args[0].input).toEqual({
      logGroupName: `/aws/codebuild/${name}`,
    });
    const [put] = logs.commandCalls(PutLogEventsCommand);
    expect(put!.args[0].input).toMatchObject({
      logGroupName: `/aws/codebuild/${name}`,
      logStreamName: build.id!.split(":")[1],
    });
    const sent = logs
      .commandCalls(PutLogEventsCommand)
      .flatMap((call) => call.args[0].input.logEvents!.map(({ message }) => message));
    expect(sent.join("\n")).toContain("Running command echo one; echo two >&2\none\ntwo\n");
    expect(build.logs).toMatchObject({ groupName: `/aws/codebuild/${name}` });
  });

  it("fails the build when the role may not write it", async () => {
    await create({ logsConfig: { cloudWatchLogs: { status: "ENABLED", groupName: "shop" } } });
    logs.on(CreateLogStreamCommand).rejects(new Error("not authorized to perform: logs:CreateLogStream"));
    const build = await runSpec(commands("true"));
    expect(build.phases![0]).toMatchObject({
      phaseType: "SUBMITTED",
      phaseStatus: "FAILED",
      contexts: [{ statusCode: "ACCESS_DENIED", message: expect.stringContaining("logs:CreateLogStream") }],
    });
  });
});

describe("artifacts", () => {
  const spec = `
version: 0.2
phases:
  build:
    commands:
      - mkdir -p out/image out/.hidden && echo jar > out/app.jar && echo c > out/image/component.yml && echo x > out/notes.txt
      - printf '#!/bin/sh\\n' > out/run && chmod +x out/run && echo h > out/.hidden/file
artifacts:
  base-directory: out
  name: shop-$CODEBUILD_BUILD_NUMBER.zip
  files: ["*.jar", "image/**/*", run]
  secondary-artifacts:
    all:
      files: ["**/*"]
      base-directory: out
      exclude-paths: ["image/**/*"]
      discard-paths: yes
`;

  it("hold what matches, under the name that was asked for", async () => {
    await create({
      artifacts: {
        type: "S3",
        location: "store",
        path: "builds",
        packaging: "ZIP",
        overrideArtifactName: true,
      },
      secondaryArtifacts: [
        {
          type: "S3",
          location: "store",
          name: "all",
          packaging: "NONE",
          artifactIdentifier: "all",
          encryptionDisabled: true,
        },
      ],
    });
    const build = await runSpec(spec);
    expect(build.buildStatus).toBe("SUCCEEDED");
    expect(build.artifacts).toMatchObject({
      location: "arn:aws:s3:::store/builds/shop-1.zip",
      sha256sum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(Object.keys(unzipSync(objects.get("store/builds/shop-1.zip")!.body))).toEqual([
      "app.jar",
      "image/component.yml",
      "run",
    ]);
    expect([...objects.keys()].filter((key) => key.startsWith("store/all/")).sort()).toEqual([
      "store/all/app.jar",
      "store/all/file",
      "store/all/notes.txt",
      "store/all/run",
    ]);
    const [first, second] = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
    expect([first!.ServerSideEncryption, second!.ServerSideEncryption]).toEqual(["aws:kms", undefined]);
  });

  it("fail the build when nothing matches", async () => {
    await create({ artifacts: { type: "S3", location: "store" } });
    const build = await runSpec("version: 0.2\nphases: {}\nartifacts:\n  files: ['*.jar']\n");
    expect(build.buildStatus).toBe("FAILED");
    expect(build.phases!.find(({ phaseType }) => phaseType === "UPLOAD_ARTIFACTS")!.contexts).toEqual([
      { statusCode: "CLIENT_ERROR", message: "no matching artifact paths found" },
    ]);
  });
});

describe("a build for a pipeline", () => {
  const request = {
    projectName: name,
    initiator: "codepipeline/shop",
    source: { bucket: "artifacts", key: "shop/Source/a", versionId: "v1", version: "d".repeat(40) },
    output: { bucket: "artifacts", key: "shop/Jar/b", kmsKeyId: "key-1" },
    environment: [{ name: "FROM", value: "pipeline", type: "PLAINTEXT" }],
  };
  const buildspec = `
version: 0.2
env: { exported-variables: [SUM] }
phases:
  build:
    commands:
      - ./mvnw
      - export SUM="$FROM-$CODEBUILD_RESOLVED_SOURCE_VERSION"
artifacts:
  files: [app.jar]
`;
  beforeEach(async () => {
    await create({ source: { type: "CODEPIPELINE" }, artifacts: { type: "CODEPIPELINE" } });
    const script = strToU8("#!/bin/sh\necho built > app.jar\n");
    const zip = zipSync({
      mvnw: [script, { os: 3, attrs: 0o100755 << 16 }],
      "buildspec.yml": strToU8(buildspec),
    });
    objects.set("artifacts/shop/Source/a", { body: Buffer.from(zip) });
  });

  it("reads and writes the pipeline's artifacts with the project's role", async () => {
    const build = await part.startForPipeline(request);
    expect(await build.finished).toEqual({
      status: "SUCCEEDED",
      exportedVariables: { SUM: `pipeline-${"d".repeat(40)}` },
      reason: undefined,
    });
    const artifact = unzipSync(objects.get("artifacts/shop/Jar/b")!.body);
    expect(Buffer.from(artifact["app.jar"]!).toString()).toBe("built\n");
    expect(s3.commandCalls(GetObjectCommand)[0]!.args[0].input.VersionId).toBe("v1");
    const put = s3.commandCalls(PutObjectCommand)[0]!;
    expect(put.args[0].input).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: "key-1" });
    const credentials = await (put.thisValue as S3Client).config.credentials();
    expect(credentials.sessionToken).toBe(role);
    const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [build.id] }));
    expect(builds![0]).toMatchObject({
      initiator: "codepipeline/shop",
      resolvedSourceVersion: "d".repeat(40),
    });
  });

  it("says which phase failed and why", async () => {
    objects.delete("artifacts/shop/Source/a");
    const { status, reason } = await (await part.startForPipeline(request)).finished;
    expect(status).toBe("FAILED");
    expect(reason).toMatch(/^DOWNLOAD_SOURCE: CLIENT_ERROR: .*shop\/Source\/a.*NoSuchKey/);
  });

  it("asks whose its buckets are, and fails when the role may not know", async () => {
    await (
      await part.startForPipeline(request)
    ).finished;
    expect(s3.commandCalls(GetBucketLocationCommand)[0]!.args[0].input.Bucket).toBe("artifacts");
    s3.on(GetBucketAclCommand).rejects(new Error("not authorized to perform: s3:GetBucketAcl"));
    const { status, reason } = await (await part.startForPipeline(request)).finished;
    expect(status).toBe("FAILED");
    expect(reason).toMatch(/^DOWNLOAD_SOURCE: CLIENT_ERROR: Error calling GetBucketAcl: .*s3:GetBucketAcl$/);
  });

  it("can't be started by hand, nor with a project for something else", async () => {
    await expect(start()).rejects.toMatchObject({ name: "InvalidInputException" });
    await create({ name: "other" });
    await expect(part.startForPipeline({ ...request, projectName: "other" })).rejects.toMatchObject({
      code: "InvalidInputException",
    });
    await expect(part.startForPipeline({ ...request, projectName: "none" })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  it("is stopped by the pipeline", async () => {
    const build = await part.startForPipeline(request);
    build.stop();
    expect((await build.finished).status).toBe("STOPPED");
  });
});

describe("the cache", () => {
  const spec = (content: string) => `
version: 0.2
phases:
  build:
    commands:
      - cat "$HOME/.m2/repository/a.jar" local/b.txt || echo "no cache"
      - mkdir -p "$HOME/.m2/repository" local; echo ${content} > "$HOME/.m2/repository/a.jar"; echo b > local/b.txt
cache:
  paths: ["/root/.m2/**/*", "local/*", "/etc/hosts"]
`;
  const uploads = (): number => s3.commandCalls(PutObjectCommand).length;

  it("is restored, stored only when it changed, and begun anew when it is invalidated", async () => {
    await create({ cache: { type: "S3", location: "store/cache" } });
    const first = await runSpec(spec("one"));
    expect(outputOf(first)).toContain("no cache");
    expect(logOf(first)).toContain("/etc/hosts is not cached");
    expect(uploads()).toBe(1);
    const [key] = objects.keys();
    expect(Object.keys(unzipSync(objects.get(key!)!.body))).toEqual([
      "home/.m2/repository/a.jar",
      "source/local/b.txt",
    ]);
    const second = await runSpec(spec("two"));
    expect(outputOf(second)).toEqual(["one", "b"]);
    expect(uploads()).toBe(1); // same names and sizes
    await runSpec(spec("three"));
    expect(uploads()).toBe(2);
    await client.send(new InvalidateProjectCacheCommand({ projectName: name }));
    expect(logOf(await runSpec(spec("four")))).toContain("Unable to download cache: NoSuchKey");
    expect(objects.size).toBe(2);
  });
});

it("leaves no source of a build behind", async () => {
  await create();
  const build = await runSpec(commands("echo x > y"));
  expect(readdirSync(join(cloud.directory, "codebuild", build.id!.split(":")[1]!)).sort()).toEqual([
    "build.log",
    "shell",
  ]);
});

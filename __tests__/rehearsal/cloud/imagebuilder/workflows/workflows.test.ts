import {
  CreateComponentCommand,
  CreateImageCommand,
  type CreateImageCommandInput,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  CreateWorkflowCommand,
  type CreateWorkflowCommandInput,
  DeleteImagePipelineCommand,
  DeleteWorkflowCommand,
  GetWorkflowCommand,
  GetWorkflowExecutionCommand,
  GetWorkflowStepExecutionCommand,
  ListTagsForResourceCommand,
  ListWaitingWorkflowStepsCommand,
  ListWorkflowBuildVersionsCommand,
  ListWorkflowExecutionsCommand,
  ListWorkflowsCommand,
  ListWorkflowStepExecutionsCommand,
  SendWorkflowStepActionCommand,
} from "@aws-sdk/client-imagebuilder";
import { RegisterImageCommand } from "@aws-sdk/client-ec2";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../../../support/until";
import { ImageBuilderFixture, parentImage } from "../image-builder-fixture";

const account = "arn:aws:imagebuilder:eu-central-1:111122223333";
const managed = "arn:aws:imagebuilder:eu-central-1:aws:workflow";
const executionRole = "arn:aws:iam::111122223333:role/execution";
const launchStep = "{ name: Launch, action: LaunchInstance, inputs: { waitFor: ssmAgent } }";
const instance = "instanceId.$: $.stepOutputs.Launch.instanceId";
const document = (...steps: string[]): string => `schemaVersion: 1.0\nsteps: [${steps.join(", ")}]\n`;
const buildSteps = [
  launchStep,
  `{ name: Components, action: ExecuteComponents, inputs: { ${instance} } }`,
  `{ name: Create, action: CreateImage, inputs: { ${instance} } }`,
  `{ name: Terminate, action: TerminateInstance, onFailure: Continue, inputs: { ${instance} } }`,
];

// bakes take seconds on a busy machine
jest.setTimeout(30_000);

const fixture = new ImageBuilderFixture();
const send: ImageBuilderFixture["client"]["send"] = ((command: never) =>
  fixture.client.send(command)) as never;
let infrastructureConfigurationArn: string | undefined;
let imageRecipeArn: string | undefined;
let failingRecipeArn: string | undefined;
let count = 0;

beforeAll(async () => {
  await fixture.start();
  const infrastructure = await send(
    new CreateInfrastructureConfigurationCommand({ name: "app", instanceProfileName: "builder" }),
  );
  infrastructureConfigurationArn = infrastructure.infrastructureConfigurationArn;
  imageRecipeArn = await recipe("app", "true");
  failingRecipeArn = await recipe("failing", "echo it broke >&2; exit 3");
});
afterAll(() => fixture.stop());
afterEach(() => {
  fixture.ec2.resetHistory();
  fixture.cloud.events.length = 0;
  expect(fixture.gateway.unexpected).toEqual([]);
});

async function recipe(name: string, test: string): Promise<string> {
  const step = (phase: string, command: string): string =>
    `{ name: ${phase}, steps: [{ name: Run, action: ExecuteBash, inputs: { commands: [${JSON.stringify(command)}] } }] }`;
  const data = `schemaVersion: 1.0\nphases: [${step("build", "true")}, ${step("test", test)}]\n`;
  const component = await send(
    new CreateComponentCommand({ name, semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  const components = [{ componentArn: component.componentBuildVersionArn }];
  const made = await send(
    new CreateImageRecipeCommand({ name, semanticVersion: "1.0.0", parentImage, components }),
  );
  return made.imageRecipeArn!;
}

async function workflow(
  type: "BUILD" | "TEST" | "DISTRIBUTION",
  data: string,
  more: Partial<CreateWorkflowCommandInput> = {},
): Promise<string> {
  const name = `own-${++count}`;
  const made = await send(new CreateWorkflowCommand({ name, semanticVersion: "1.0.0", type, data, ...more }));
  return made.workflowBuildVersionArn!;
}

async function start(more: Partial<CreateImageCommandInput> = {}): Promise<string> {
  const { imageBuildVersionArn } = await send(
    new CreateImageCommand({ imageRecipeArn, infrastructureConfigurationArn, ...more }),
  );
  return imageBuildVersionArn!;
}

const own = (...arns: string[]) => ({
  executionRole,
  workflows: arns.map((workflowArn) => ({ workflowArn })),
});

async function executionsOf(imageBuildVersionArn: string) {
  const { workflowExecutions } = await send(new ListWorkflowExecutionsCommand({ imageBuildVersionArn }));
  return workflowExecutions!;
}

async function stepsOf(workflowExecutionId: string | undefined) {
  const { steps } = await send(new ListWorkflowStepExecutionsCommand({ workflowExecutionId }));
  return steps!;
}

describe("workflows", () => {
  const create = (more: Partial<CreateWorkflowCommandInput> = {}) =>
    send(
      new CreateWorkflowCommand({
        name: "My Workflow",
        semanticVersion: "1.0.0",
        type: "BUILD",
        data: document(launchStep),
        tags: { a: "b" },
        ...more,
      }),
    );

  it("are read back with their document, parameters and tags", async () => {
    const parameters = "parameters: [{ name: count, type: integer, default: 3, description: how many }]\n";
    const { workflowBuildVersionArn: arn } = await create({ data: `${parameters}${document(launchStep)}` });
    expect(arn).toBe(`${account}:workflow/build/my-workflow/1.0.0/1`);
    const { workflow: found } = await send(new GetWorkflowCommand({ workflowBuildVersionArn: arn }));
    expect(found).toMatchObject({
      name: "My Workflow",
      version: "1.0.0",
      type: "BUILD",
      owner: "111122223333",
      parameters: [{ name: "count", type: "integer", defaultValue: ["3"], description: "how many" }],
      tags: { a: "b" },
    });
    expect((await send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual({ a: "b" });
  });

  it("get another build when something has changed, and are refused when nothing has", async () => {
    const changed = await create({ description: "another" });
    expect(changed.workflowBuildVersionArn).toBe(`${account}:workflow/build/my-workflow/1.0.0/2`);
    await expect(create({ description: "another" })).rejects.toMatchObject({
      name: "InvalidRequestException",
    });
    const newest = `${account}:workflow/build/my-workflow/x.x.x`;
    const { workflow: found } = await send(new GetWorkflowCommand({ workflowBuildVersionArn: newest }));
    expect(found!.arn).toBe(changed.workflowBuildVersionArn);
  });

  it("are listed by version, by build and by owner", async () => {
    await create({ semanticVersion: "1.1.0" });
    const { workflowVersionList } = await send(
      new ListWorkflowsCommand({ filters: [{ name: "name", values: ["My Workflow"] }] }),
    );
    expect(workflowVersionList!.map(({ version }) => version)).toEqual(["1.0.0", "1.1.0"]);
    const workflowVersionArn = `${account}:workflow/build/my-workflow/1.0.x`;
    const { workflowSummaryList } = await send(new ListWorkflowBuildVersionsCommand({ workflowVersionArn }));
    expect(workflowSummaryList!.map(({ arn }) => arn!.split("/").at(-1))).toEqual(["1", "2"]);
    const amazon = await send(new ListWorkflowsCommand({ owner: "Amazon" }));
    expect(amazon.workflowVersionList!.map(({ name }) => name)).toEqual([
      "build-image",
      "test-image",
      "distribute-image",
    ]);
  });

  it("are refused with what is wrong in the document", async () => {
    await expect(create({ data: document("{ name: One, action: Fly }") })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringContaining("Parsing step 'One' failed. Error: Action Fly is not supported"),
    });
  });

  it("are only checked in a dry run", async () => {
    await expect(create({ semanticVersion: "9.0.0", dryRun: true } as never)).rejects.toMatchObject({
      name: "DryRunOperationException",
    });
    const arn = `${account}:workflow/build/my-workflow/9.0.0/1`;
    await expect(send(new GetWorkflowCommand({ workflowBuildVersionArn: arn }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("can't be deleted while an image pipeline names them", async () => {
    const arn = await workflow("BUILD", document(...buildSteps));
    const { imagePipelineArn } = await send(
      new CreateImagePipelineCommand({
        name: "piped",
        imageRecipeArn,
        infrastructureConfigurationArn,
        ...own(arn),
      }),
    );
    const remove = new DeleteWorkflowCommand({ workflowBuildVersionArn: arn });
    await expect(send(remove)).rejects.toMatchObject({ name: "ResourceDependencyException" });
    await send(new DeleteImagePipelineCommand({ imagePipelineArn }));
    await send(remove);
  });
});

describe("an image without workflows of its own", () => {
  it("tells what each step of the managed ones has done", async () => {
    const arn = await start();
    const { outputResources } = await fixture.ended(arn);
    const executions = await executionsOf(arn);
    expect(executions).toMatchObject([
      { workflowBuildVersionArn: `${managed}/build/build-image/1.0.0/1`, status: "COMPLETED" },
      { workflowBuildVersionArn: `${managed}/test/test-image/1.0.0/1`, status: "COMPLETED" },
      { workflowBuildVersionArn: `${managed}/distribution/distribute-image/1.0.0/1`, status: "COMPLETED" },
    ]);
    expect(executions[1]).toMatchObject({
      totalStepCount: 4,
      totalStepsSucceeded: 3,
      totalStepsSkipped: 1,
      totalStepsFailed: 0,
    });
    const build = await stepsOf(executions[0]!.workflowExecutionId);
    expect(build.map(({ name, action, status }) => `${name} ${action} ${status}`)).toEqual([
      "LaunchBuildInstance LaunchInstance COMPLETED",
      "ApplyBuildComponents ExecuteComponents COMPLETED",
      "InventoryCollection CollectImageMetadata COMPLETED",
      "RunSanitizeScript SanitizeInstance COMPLETED",
      "CreateOutputAMI CreateImage COMPLETED",
      "TerminateBuildInstance TerminateInstance COMPLETED",
    ]);
    expect(JSON.parse(build[1]!.inputs!)).toEqual(JSON.parse(build[0]!.outputs!));
    expect(JSON.parse(build[4]!.outputs!)).toEqual({ imageId: outputResources!.amis![0]!.image });
    const step = await send(
      new GetWorkflowStepExecutionCommand({ stepExecutionId: build[4]!.stepExecutionId }),
    );
    expect(step).toMatchObject({
      imageBuildVersionArn: arn,
      workflowExecutionId: executions[0]!.workflowExecutionId,
      onFailure: "Abort",
      timeoutSeconds: 43200,
    });
  });

  it("names the failed step, and has its test instance rolled back", async () => {
    const arn = await start({ imageRecipeArn: failingRecipeArn });
    const { state } = await fixture.ended(arn);
    const [build, test, ...more] = await executionsOf(arn);
    expect([build!.status, test!.status, more]).toEqual(["COMPLETED", "ROLLBACK_COMPLETED", []]);
    expect(state!.reason).toContain(`Workflow Execution ID: ${test!.workflowExecutionId} failed`);
    const [launch, , failed, ...rest] = await stepsOf(test!.workflowExecutionId);
    expect(launch).toMatchObject({ status: "COMPLETED", rollbackStatus: "COMPLETED" });
    expect(failed).toMatchObject({
      name: "ApplyTestComponents",
      status: "FAILED",
      message: expect.stringContaining("it broke"),
    });
    expect(rest).toEqual([]);
    const id = test!.workflowExecutionId;
    expect(await send(new GetWorkflowExecutionCommand({ workflowExecutionId: id }))).toMatchObject({
      imageBuildVersionArn: arn,
      type: "TEST",
      message: expect.stringContaining("it broke"),
    });
  });
});

describe("an image with workflows of its own", () => {
  it("is built by their steps, which refer to parameters, system variables and each other", async () => {
    const arn = await workflow(
      "BUILD",
      `parameters: [{ name: line, type: string }]\n${document(
        ...buildSteps.slice(0, 2),
        `{ name: Write, action: RunCommand, inputs: { ${instance}, documentName: AWS-RunShellScript,
           parameters: { commands: ["echo '{{ $.parameters.line }} on {{ $.imagebuilder.platform }}' > /opt/line", "cat /opt/line"] } } }`,
        `{ name: Skipped, action: RunSysPrep, if: { stringEquals: Windows, value: $.imagebuilder.platform }, inputs: { ${instance} } }`,
        ...buildSteps.slice(2),
      )}`,
    );
    const image = await start({
      executionRole,
      workflows: [{ workflowArn: arn, parameters: [{ name: "line", value: ["hello"] }] }],
    });
    const { state, outputResources, workflows } = await fixture.ended(image);
    expect(state).toEqual({ status: "AVAILABLE" });
    expect(workflows![0]!.workflowArn).toBe(arn);
    const root = fixture.images.rootOf(outputResources!.amis![0]!.image!)!;
    expect(readFileSync(join(root, "opt/line"), "utf8")).toBe("hello on Linux\n");
    const [build, distribution] = await executionsOf(image);
    expect(distribution!.type).toBe("DISTRIBUTION");
    const steps = await stepsOf(build!.workflowExecutionId);
    expect(JSON.parse(steps[2]!.outputs!)).toMatchObject({ status: "Success", output: ["hello on Linux"] });
    expect(steps[3]).toMatchObject({ name: "Skipped", status: "SKIPPED" });
    expect(fixture.cloud.assumed).toContain(`imagebuilder.amazonaws.com ${executionRole}`);
  });

  it("waits for an action, which resumes it", async () => {
    const wait = "{ name: Approve, action: WaitForAction }";
    const arn = await workflow("BUILD", document(...buildSteps.slice(0, 2), wait, ...buildSteps.slice(2)));
    const image = await start(own(arn));
    const { steps } = await until(
      () => send(new ListWaitingWorkflowStepsCommand({})),
      ({ steps: waiting }) => waiting!.length > 0,
    );
    expect(steps).toMatchObject([{ name: "Approve", action: "WaitForAction", imageBuildVersionArn: image }]);
    const { stepExecutionId } = steps![0]!;
    expect(fixture.cloud.events.at(-1)).toMatchObject({
      detailType: "EC2 Image Builder Workflow Step Waiting",
      resources: [image, arn],
      detail: { "workflow-step-execution-id": stepExecutionId, "workflow-step-name": "Approve" },
    });
    const action = (imageBuildVersionArn: string) =>
      send(
        new SendWorkflowStepActionCommand({
          stepExecutionId,
          imageBuildVersionArn,
          action: "RESUME",
          reason: "looks good",
        }),
      );
    await expect(action(`${image}0`)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    await action(image);
    expect((await fixture.ended(image)).state).toEqual({ status: "AVAILABLE" });
    const [build] = await executionsOf(image);
    const [, , approve] = await stepsOf(build!.workflowExecutionId);
    expect(JSON.parse(approve!.outputs!)).toEqual({ action: "RESUME", reason: "looks good" });
    await expect(action(image)).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  it("fails when the action stops it", async () => {
    const arn = await workflow("BUILD", document("{ name: Approve, action: WaitForAction }"));
    const image = await start(own(arn));
    const { steps } = await until(
      () => send(new ListWaitingWorkflowStepsCommand({})),
      ({ steps: waiting }) => waiting!.length > 0,
    );
    const { stepExecutionId } = steps![0]!;
    await send(
      new SendWorkflowStepActionCommand({
        stepExecutionId,
        imageBuildVersionArn: image,
        action: "STOP",
        reason: "not today",
      }),
    );
    const { state } = await fixture.ended(image);
    expect(state!.reason).toContain("Step Approve was stopped: not today");
  });

  it("goes on after a test workflow that may fail, and runs those of a group together", async () => {
    const test = await workflow(
      "TEST",
      document(launchStep, `{ name: Test, action: ExecuteComponents, inputs: { ${instance} } }`),
    );
    const workflows = [
      { workflowArn: `${managed}/build/build-image/x.x.x` },
      { workflowArn: test, parallelGroup: "tests", onFailure: "CONTINUE" as const },
      { workflowArn: test, parallelGroup: "tests", onFailure: "CONTINUE" as const },
    ];
    const image = await start({ imageRecipeArn: failingRecipeArn, executionRole, workflows });
    expect((await fixture.ended(image)).state).toEqual({ status: "AVAILABLE" });
    const [, first, second] = await executionsOf(image);
    expect([first!.status, second!.status]).toEqual(["ROLLBACK_COMPLETED", "ROLLBACK_COMPLETED"]);
    expect(first!.parallelGroup).toBe("tests");
    expect(second!.startTime! < first!.endTime!).toBe(true);
  });

  it("is its parent when none of them builds", async () => {
    const test = await workflow("TEST", document(launchStep));
    const image = await start(own(test));
    const { state, outputResources } = await fixture.ended(image);
    expect(state).toEqual({ status: "AVAILABLE" });
    expect(outputResources!.amis![0]!.image).toMatch(/^ami-0a12023a/);
    expect(fixture.ec2.commandCalls(RegisterImageCommand)).toEqual([]);
  });

  it("fails when a step takes longer than it may", async () => {
    const wait = "{ name: Wait, action: WaitForAction, timeoutSeconds: 1 }";
    const image = await start(own(await workflow("BUILD", document(wait))));
    expect((await fixture.ended(image)).state!.reason).toContain("Step Wait timed out after 1 seconds");
  });

  it("fails when Image Builder may not act as its role", async () => {
    fixture.cloud.untrusting.add(executionRole);
    const image = await start(own(await workflow("BUILD", document(...buildSteps))));
    fixture.cloud.untrusting.clear();
    expect((await fixture.ended(image)).state!.reason).toContain("The execution role could not be assumed");
  });

  it.each<[string, () => Promise<Partial<CreateImageCommandInput>>, string]>([
    [
      "no execution role",
      async () => ({ workflows: own(await workflow("BUILD", document(...buildSteps))).workflows }),
      "An execution role is required to provide workflows.",
    ],
    [
      "two build workflows",
      async () => own(...Array(2).fill(`${managed}/build/build-image/1.0.0/1`)),
      "only one workflow of type BUILD",
    ],
    [
      "a step that can't be carried out",
      async () =>
        own(
          await workflow(
            "BUILD",
            document("{ name: State, action: ExecuteStateMachine, inputs: { stateMachineArn: a } }"),
          ),
        ),
      "step State, ExecuteStateMachine: state machines can't be run here",
    ],
    [
      "a function that is to be invoked",
      async () =>
        own(
          await workflow(
            "BUILD",
            document("{ name: Wait, action: WaitForAction, inputs: { lambdaFunctionName: a } }"),
          ),
        ),
      "topics and functions are not told",
    ],
    [
      "a parameter that is not defined",
      async () => ({
        executionRole,
        workflows: [
          {
            workflowArn: `${managed}/build/build-image/1.0.0/1`,
            parameters: [{ name: "foo", value: ["bar"] }],
          },
        ],
      }),
      "does not define the parameters foo",
    ],
    [
      "a parameter of another type",
      async () => ({
        executionRole,
        workflows: [
          {
            workflowArn: await workflow(
              "BUILD",
              `parameters: [{ name: number, type: integer }]\n${document(launchStep)}`,
            ),
            parameters: [{ name: "number", value: ["three"] }],
          },
        ],
      }),
      "must be of type integer",
    ],
  ])("is refused with %s", async (_what, input, message) => {
    await expect(start(await input())).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: expect.stringContaining(message),
    });
  });

  it("is refused with a workflow that does not exist", async () => {
    await expect(start(own(`${account}:workflow/build/gone/1.0.0/1`))).rejects.toMatchObject({
      message: expect.stringContaining("does not exist"),
    });
  });
});

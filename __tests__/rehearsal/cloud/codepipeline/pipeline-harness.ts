import {
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineDeclaration,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  type RuleDeclaration,
  type StageDeclaration,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { CloudWatchClient, DescribeAlarmsCommand, type StateValue } from "@aws-sdk/client-cloudwatch";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { setTimeout as pause } from "node:timers/promises";
import type { PipelineBuildRequest } from "../../../../rehearsal/cloud/codebuild/pipeline-builds";
import type { FinishedBuild } from "../../../../rehearsal/cloud/codebuild/records";
import { codePipeline } from "../../../../rehearsal/cloud/codepipeline/codepipeline";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import { clockAt } from "../../../../rehearsal/cloud/instances/clock";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";

/** The event that a function is invoked with, as far as the tests read it. */
export interface JobEvent {
  readonly "CodePipeline.job": {
    readonly id: string;
    readonly data: {
      readonly actionConfiguration: { readonly configuration: Record<string, string> };
      readonly inputArtifacts: readonly {
        readonly location: { readonly s3Location: { readonly objectKey: string } };
      }[];
      readonly outputArtifacts: readonly {
        readonly location: { readonly s3Location: { readonly objectKey: string } };
      }[];
      readonly continuationToken?: string;
    };
  };
}

/** CodePipeline on a loopback port, with a source, builds and functions that the test decides about. */
export class PipelineHarness {
  readonly cloud = new TestCloud();
  /** Seconds of AWS in one second of the test. */
  clockSpeed = 1;
  readonly gateway = new GatewayHarness();
  readonly s3 = mockClient(S3Client);
  readonly lambda = mockClient(LambdaClient);
  private readonly cloudWatch = mockClient(CloudWatchClient);
  /** of the alarm "errors", the only one */
  alarmState: StateValue = "OK";
  readonly jobs: JobEvent[] = [];
  readonly deniedForRoles = new Set<string>();
  readonly askedForRoles: string[] = [];
  build: () => Promise<FinishedBuild> = async () => ({
    status: "SUCCEEDED",
    exportedVariables: { JAR_SHA256: "abc" },
  });
  readonly builds: PipelineBuildRequest[] = [];
  stoppedBuilds = 0;
  tip = "1111111111111111111111111111111111111111";
  client!: CodePipelineClient;

  async start(): Promise<void> {
    this.s3.on(PutObjectCommand).resolves({ VersionId: "v1" });
    this.s3.on(HeadObjectCommand).resolves({ VersionId: "v1" });
    this.lambda.on(InvokeCommand).callsFake((input: { Payload: Uint8Array }) => {
      this.jobs.push(JSON.parse(Buffer.from(input.Payload).toString()) as JobEvent);
      return { StatusCode: 202 };
    });
    this.cloudWatch.on(DescribeAlarmsCommand).callsFake(({ AlarmNames }: { AlarmNames: string[] }) => ({
      MetricAlarms: AlarmNames.includes("errors")
        ? [{ AlarmName: "errors", StateValue: this.alarmState }]
        : [],
    }));
    this.gateway.parts = [
      codePipeline({
        cloud: this.cloud,
        model: modelOf("codepipeline"),
        clock: clockAt(this.clockSpeed),
        continuationSeconds: 1,
        leastReplyMilliseconds: 0,
        authorizer: {
          authorize: async () => undefined,
          authorizeRole: async (_credentials, action, resource) => {
            this.askedForRoles.push(`${action} ${resource}`);
            if (this.deniedForRoles.has(action))
              throw new ServiceError("AccessDeniedException", `not allowed: ${action}`);
          },
        },
        repositories: {
          branchTip: async () => this.tip,
          commit: async () => ({
            message: 'say "hello"',
            authorDate: "2026-11-24T10:00:00Z",
            committerDate: "2026-11-24T10:00:00Z",
          }),
          archive: async () => Buffer.from("zip"),
          checkOut: async () => this.tip,
        },
        builds: {
          startForPipeline: async (request) => {
            this.builds.push(request);
            return {
              id: "build:1",
              finished: this.build(),
              stop: () => void this.stoppedBuilds++,
            };
          },
        },
      }),
    ];
    await this.gateway.start();
    this.cloud.endpoint = this.gateway.endpoint;
    this.client = new CodePipelineClient(this.gateway.client);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    this.s3.restore();
    this.lambda.restore();
    this.cloudWatch.restore();
    this.cloud.remove();
    await this.gateway.stop();
  }

  async create(stages: StageDeclaration[], settings: Partial<PipelineDeclaration> = {}): Promise<void> {
    await this.client.send(
      new CreatePipelineCommand({
        pipeline: {
          name: "hello",
          roleArn: "arn:aws:iam::111122223333:role/pipeline",
          artifactStore: { type: "S3", location: "artifacts" },
          executionMode: "QUEUED",
          pipelineType: "V2",
          stages: [source, ...stages],
          ...settings,
        },
      }),
    );
    await this.ended(await this.newest());
  }

  /** The execution that was started last. */
  async newest(): Promise<string> {
    const { pipelineExecutionSummaries } = await this.client.send(
      new ListPipelineExecutionsCommand({ pipelineName: "hello" }),
    );
    return pipelineExecutionSummaries![0]!.pipelineExecutionId!;
  }

  async run(): Promise<string> {
    return (await this.client.send(new StartPipelineExecutionCommand({ name: "hello" })))
      .pipelineExecutionId!;
  }

  /** Stops the newest execution and waits for what runs. */
  async halt(): Promise<void> {
    const pipelineExecutionId = await this.newest();
    await this.client.send(new StopPipelineExecutionCommand({ pipelineName: "hello", pipelineExecutionId }));
  }

  async status(id: string): Promise<string> {
    const { pipelineExecution } = await this.client.send(
      new GetPipelineExecutionCommand({ pipelineName: "hello", pipelineExecutionId: id }),
    );
    return pipelineExecution!.status!;
  }

  /** Waits for an execution's end; one that waits for the test never ends. @returns its status */
  async ended(id: string, milliseconds = 3000): Promise<string> {
    return this.until(async () => {
      const status = await this.status(id);
      return status === "InProgress" || status === "Stopping" ? undefined : status;
    }, milliseconds);
  }

  async actions(id: string) {
    const { actionExecutionDetails } = await this.client.send(
      new ListActionExecutionsCommand({ pipelineName: "hello", filter: { pipelineExecutionId: id } }),
    );
    return actionExecutionDetails!.reverse();
  }

  async stage(name: string) {
    const { stageStates } = await this.client.send(new GetPipelineStateCommand({ name: "hello" }));
    return stageStates!.find((stage) => stage.stageName === name)!;
  }

  /** Sends answers for a job. */
  async succeed(number: number, result: Partial<PutJobSuccessResultCommand["input"]> = {}): Promise<void> {
    const { id } = await this.job(number);
    await this.client.send(new PutJobSuccessResultCommand({ jobId: id, ...result }));
  }

  async fail(number: number, message: string): Promise<void> {
    const { id } = await this.job(number);
    const failureDetails = { type: "JobFailed" as const, message, externalExecutionId: "image-1" };
    await this.client.send(new PutJobFailureResultCommand({ jobId: id, failureDetails }));
  }

  /** Makes a pipeline whose first execution waits for the test. @returns that execution */
  async createWaiting(
    stages: StageDeclaration[],
    settings: Partial<PipelineDeclaration> = {},
  ): Promise<string> {
    const created = this.create(stages, settings);
    created.catch(() => undefined);
    return this.until(() => this.newest().catch(() => undefined));
  }

  async job(number: number): Promise<JobEvent["CodePipeline.job"]> {
    return (await this.until(async () => this.jobs[number - 1], 3000))["CodePipeline.job"];
  }

  async until<T>(look: () => Promise<T | undefined>, milliseconds = 3000): Promise<T> {
    for (let waited = 0; waited < milliseconds; waited += 10) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(10);
    }
    throw new Error("what the test waits for did not happen");
  }
}

const type = (category: "Source" | "Build" | "Invoke" | "Approval", provider: string) => ({
  category,
  owner: "AWS" as const,
  provider,
  version: "1",
});

export const source: StageDeclaration = {
  name: "Source",
  actions: [
    {
      name: "Commit",
      namespace: "SourceVariables",
      actionTypeId: type("Source", "CodeCommit"),
      configuration: { RepositoryName: "hello", BranchName: "main", PollForSourceChanges: "false" },
      outputArtifacts: [{ name: "Source" }],
    },
  ],
};

export const buildStage: StageDeclaration = {
  name: "Build",
  actions: [
    {
      name: "Jar",
      namespace: "BuildVariables",
      actionTypeId: type("Build", "CodeBuild"),
      configuration: { ProjectName: "hello" },
      inputArtifacts: [{ name: "Source" }],
      outputArtifacts: [{ name: "Application" }],
    },
  ],
};

export const invokeStage = (
  name: string,
  userParameters = "{}",
  functionName = "bake",
): StageDeclaration => ({
  name,
  actions: [
    {
      name: "Invoke",
      namespace: `${name}Variables`,
      actionTypeId: type("Invoke", "Lambda"),
      roleArn: "arn:aws:iam::111122223333:role/invoke",
      configuration: { FunctionName: functionName, UserParameters: userParameters },
      inputArtifacts: [{ name: "Source" }],
    },
  ],
});

/** A rule as declared, by provider and configuration. */
export const rule = (provider: string, configuration: Record<string, string>): RuleDeclaration => ({
  name: provider,
  ruleTypeId: { category: "Rule", owner: "AWS", provider, version: "1" },
  configuration,
});

export const approvalStage: StageDeclaration = {
  name: "Approve",
  actions: [{ name: "Decide", actionTypeId: type("Approval", "Manual"), configuration: {} }],
};

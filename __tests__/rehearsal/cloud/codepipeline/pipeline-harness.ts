import {
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  type PipelineDeclaration,
  type StageDeclaration,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { setTimeout as pause } from "node:timers/promises";
import type { FinishedBuild } from "../../../../rehearsal/cloud/codebuild/records";
import { codePipeline } from "../../../../rehearsal/cloud/codepipeline/codepipeline";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
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
      readonly continuationToken?: string;
    };
  };
}

/** CodePipeline on a loopback port, with a source, builds and functions that the test decides about. */
export class PipelineHarness {
  readonly cloud = new TestCloud();
  readonly gateway = new GatewayHarness();
  readonly s3 = mockClient(S3Client);
  readonly lambda = mockClient(LambdaClient);
  readonly jobs: JobEvent[] = [];
  readonly deniedForRoles = new Set<string>();
  readonly askedForRoles: string[] = [];
  build: () => Promise<FinishedBuild> = async () => ({
    status: "SUCCEEDED",
    exportedVariables: { JAR_SHA256: "abc" },
  });
  stoppedBuilds = 0;
  tip = "1111111111111111111111111111111111111111";
  client!: CodePipelineClient;

  async start(): Promise<void> {
    this.s3.on(PutObjectCommand).resolves({});
    this.lambda.on(InvokeCommand).callsFake((input: { Payload: Uint8Array }) => {
      this.jobs.push(JSON.parse(Buffer.from(input.Payload).toString()) as JobEvent);
      return { StatusCode: 202 };
    });
    this.gateway.parts = [
      codePipeline({
        cloud: this.cloud,
        model: modelOf("codepipeline"),
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
          startForPipeline: async () => ({
            id: "build:1",
            finished: this.build(),
            stop: () => void this.stoppedBuilds++,
          }),
        },
        pace: { continuationSeconds: 1 },
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

export const approvalStage: StageDeclaration = {
  name: "Approve",
  actions: [{ name: "Decide", actionTypeId: type("Approval", "Manual"), configuration: {} }],
};

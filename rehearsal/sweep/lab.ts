import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CodeCommitClient, CreateCommitCommand, CreateRepositoryCommand } from "@aws-sdk/client-codecommit";
import {
  CodePipelineClient,
  CreatePipelineCommand,
  type ActionDeclaration,
  type StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import { EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { zipSync } from "fflate";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { componentParameters } from "../../contract/component";
import type { ClientOptions } from "../cloud/cloud";

export interface LabSettings {
  readonly options: ClientOptions;
  readonly accountId: string;
  /** Of the local cloud. */
  readonly directory: string;
  /** Holds `<function>/index.js`. */
  readonly bundles: string;
}

/** What the role of a function, an action or a machine may do, and who assumes it. */
interface RoleSettings {
  readonly service?: string;
  readonly roleArn?: string;
  readonly actions: readonly string[];
}

export interface FunctionSettings {
  /** Of the bundle. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the function calls, besides its log and its answers to CodePipeline. */
  readonly actions: readonly string[];
}

export const application = "sweep";
export const repository = "sweep";
const bucket = "sweep-artifacts";
const jar = Buffer.from("not really a JAR");
export const jarSha256 = createHash("sha256").update(jar).digest("hex");

/** A document that does nothing, with the parameters that every application's component has. */
export const componentDocument = `schemaVersion: 1.0
parameters:
${componentParameters.map((name) => `  - ${name}: { type: string }`).join("\n")}
phases:
  - name: build
    steps: [{ name: Nothing, action: ExecuteBash, inputs: { commands: ["true"] } }]
`;

const writesItsLog = ["logs:CreateLogStream", "logs:PutLogEvents"];
const reportsOnJobs = ["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"];

/** An account with what the functions' subjects have in common: a repository, a bucket, roles. */
export class Lab {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly imageBuilder: ImagebuilderClient;
  readonly lambda: LambdaClient;
  readonly pipelines: CodePipelineClient;
  readonly ssm: SSMClient;
  private readonly iam: IAMClient;
  /** Of the artifacts. */
  private keyArn = "";

  constructor(readonly settings: LabSettings) {
    const { options } = settings;
    this.autoScaling = new AutoScalingClient(options);
    this.ec2 = new EC2Client(options);
    this.iam = new IAMClient(options);
    this.imageBuilder = new ImagebuilderClient(options);
    this.lambda = new LambdaClient(options);
    this.pipelines = new CodePipelineClient(options);
    this.ssm = new SSMClient(options);
  }

  async prepare(): Promise<void> {
    const { options } = this.settings;
    await new S3Client({ ...options, forcePathStyle: true }).send(
      new CreateBucketCommand({
        Bucket: bucket,
        CreateBucketConfiguration: { LocationConstraint: options.region as "eu-west-1" },
      }),
    );
    const { KeyMetadata } = await new KMSClient(options).send(new CreateKeyCommand({}));
    this.keyArn = KeyMetadata!.Arn!;
    const codeCommit = new CodeCommitClient(options);
    await codeCommit.send(new CreateRepositoryCommand({ repositoryName: repository }));
    await codeCommit.send(
      new CreateCommitCommand({
        repositoryName: repository,
        branchName: "main",
        putFiles: [
          { filePath: "app.jar", fileContent: jar },
          { filePath: "image/component.yml", fileContent: Buffer.from(componentDocument) },
        ],
      }),
    );
    await this.role("pipeline", {
      service: "codepipeline",
      actions: [
        ...["GetBranch", "GetCommit", "UploadArchive", "GetUploadArchiveStatus"].map(
          (call) => `codecommit:${call}`,
        ),
        ...["GetBucketLocation", "GetBucketAcl", "GetBucketVersioning", "PutObject"].map(
          (call) => `s3:${call}`,
        ),
        "kms:GenerateDataKey",
        "sts:AssumeRole",
      ],
    });
  }

  async role(name: string, { service, roleArn, actions }: RoleSettings): Promise<string> {
    const Principal = roleArn ? { AWS: roleArn } : { Service: `${service}.amazonaws.com` };
    const trust = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
    const RoleName = `sweep.${name}`;
    const document = (Statement: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }),
    );
    const PolicyDocument = document([{ Effect: "Allow", Action: actions, Resource: "*" }]);
    await this.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "sweep", PolicyDocument }));
    return Role!.Arn!;
  }

  /** Deploys a bundle as Terraform does, with a role of its own. */
  async function(name: string, { bundle, environment, actions }: FunctionSettings): Promise<void> {
    const code = readFileSync(join(this.settings.bundles, bundle, "index.js"));
    const Role = await this.role(`${name}.function`, {
      service: "lambda",
      actions: [...writesItsLog, ...reportsOnJobs, ...actions],
    });
    const FunctionName = `sweep-${name}`;
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Timeout: 300,
        MemorySize: 512,
        Code: { ZipFile: zipSync({ "index.js": code }) },
        Environment: { Variables: { ...environment } },
      }),
    );
    await waitUntilFunctionActiveV2({ client: this.lambda, maxWaitTime: 30 }, { FunctionName });
  }

  /** A pipeline of a source and one action, which invokes the function. Its parameters are the pipeline's variables. */
  async pipeline(name: string, parameters: readonly string[]): Promise<void> {
    const given = parameters.filter((parameter) => parameter !== "ExecutionId");
    const action = await this.invocation("Invoke", name, {
      ExecutionId: "#{codepipeline.PipelineExecutionId}",
      ...Object.fromEntries(given.map((parameter) => [parameter, `#{variables.${parameter}}`])),
    });
    await this.pipelineOf(name, given, [{ name: "Invoke", actions: [action] }]);
  }

  /** An action that invokes a function, with a role of its own. */
  async invocation(
    name: string,
    functionName: string,
    userParameters: Readonly<Record<string, string>>,
  ): Promise<ActionDeclaration> {
    return {
      name,
      roleArn: await this.role(`${functionName}.action`, {
        roleArn: this.roleArn("pipeline"),
        actions: ["lambda:ListFunctions", "lambda:InvokeFunction", "s3:GetObject", "kms:Decrypt"],
      }),
      actionTypeId: { category: "Invoke", owner: "AWS", provider: "Lambda", version: "1" },
      configuration: {
        FunctionName: `sweep-${functionName}`,
        UserParameters: JSON.stringify(userParameters),
      },
      inputArtifacts: [{ name: "Source" }],
    };
  }

  /** A pipeline of a source and what follows. */
  async pipelineOf(
    name: string,
    variables: readonly string[],
    stages: readonly StageDeclaration[],
  ): Promise<void> {
    const source: ActionDeclaration = {
      name: "Source",
      actionTypeId: { category: "Source", owner: "AWS", provider: "CodeCommit", version: "1" },
      configuration: { RepositoryName: repository, BranchName: "main", PollForSourceChanges: "false" },
      outputArtifacts: [{ name: "Source" }],
    };
    await this.pipelines.send(
      new CreatePipelineCommand({
        pipeline: {
          name: `sweep-${name}`,
          roleArn: this.roleArn("pipeline"),
          artifactStore: {
            type: "S3",
            location: bucket,
            encryptionKey: { type: "KMS", id: this.keyArn },
          },
          pipelineType: "V2",
          executionMode: "QUEUED",
          ...(variables.length > 0
            ? { variables: variables.map((variable) => ({ name: variable, defaultValue: "none" })) }
            : {}),
          stages: [{ name: "Source", actions: [source] }, ...stages],
        },
      }),
    );
  }

  private roleArn(name: string): string {
    return `arn:aws:iam::${this.settings.accountId}:role/sweep.${name}`;
  }
}

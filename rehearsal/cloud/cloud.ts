import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { STSClient } from "@aws-sdk/client-sts";

/** What every service of the gateway is given: where it runs and how it reaches the rest of the cloud. */
export interface Cloud {
  readonly accountId: string;
  readonly region: string;
  readonly partition: "aws";
  /** URL of the gateway, the cloud's only endpoint: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Folder of this run; each service keeps its things in a sub-folder of its own. Removed when the cloud ends. */
  readonly directory: string;
  /** Folder that outlives runs: download caches only. */
  readonly cacheDirectory: string;
  /** The emulator's services, called as the cloud itself: no IAM decision, no record. For bookkeeping of the cloud. */
  readonly backend: Backend;
  /** Everything that a client could do with `credentials`: goes through the gateway, is authorized and recorded. */
  clientOptions(credentials: RoleCredentials): ClientOptions;
  /**
   * Credentials of a role, as a service gets them: the role's trust policy must let `servicePrincipal` in.
   * @throws ServiceError AccessDenied when the role does not exist or does not trust the service
   */
  assumeRole(roleArn: string, servicePrincipal: string, sessionName: string): Promise<RoleCredentials>;
  /** Credentials of a role that another role assumes (role chaining): sts:AssumeRole is authorized and recorded. */
  assumeRoleAs(credentials: RoleCredentials, roleArn: string, sessionName: string): Promise<RoleCredentials>;
  /** Emits an event on the default bus; rules and their targets follow as EventBridge would. */
  emit(event: CloudEvent): void;
  /** One line in the cloud's log. */
  log(subject: string, text: string): void;
  /** Aborted when the cloud ends: every loop and child process stops on it. */
  readonly signal: AbortSignal;
}

export interface Backend {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Options for any AWS SDK client. */
export interface ClientOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: RoleCredentials;
}

export interface CloudEvent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A part of the cloud that the gateway serves itself. */
export interface CloudPart {
  readonly services: readonly import("./api/service").Service[];
  /** Ends what the part runs (processes, ports); called once, after `signal` is aborted. */
  close?(): Promise<void>;
}

import { LambdaFunction as LambdaFunctionResource } from "@cdktf/provider-aws/lib/lambda-function";
import { Construct } from "constructs";
import { acceptFindings } from "./accepted-finding";
import type { EncryptionKey } from "./encryption-key";
import type { FunctionBundle } from "./function-bundles";
import { LogGroup } from "./log-group";
import type { Statement } from "./policy-document";
import { Role, type Grantee } from "./role";

export interface LambdaFunctionProps {
  /** The function's name and its role's. */
  readonly functionName: string;
  readonly description: string;
  readonly bundle: FunctionBundle;
  readonly environment: Readonly<Record<string, string>>;
  readonly key: EncryptionKey;
  /** @default 60: one step of a job is a handful of API calls */
  readonly timeoutSeconds?: number;
  /** @default 256, which the SDK runs well in */
  readonly memoryMegabytes?: number;
  /** The drill in which it is invoked, where the rehearsal may do without it; see `Statement.usedByDrill`. */
  readonly drill?: string;
}

/** A function with its own role, which may write to its own log group and nothing else until it is granted more. */
export class LambdaFunction extends Construct implements Grantee {
  readonly functionName: string;
  readonly arn: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const log = new LogGroup(this, "Log", {
      logGroupName: `/aws/lambda/${props.functionName}`,
      key: props.key,
    });
    this.role = new Role(this, "Role", {
      roleName: props.functionName,
      description: `Assumed by the function ${props.functionName}: ${props.description}`,
      assumedBy: { service: "lambda.amazonaws.com" },
    });
    log.grantWrite(this.role, props.drill);
    const resource = new LambdaFunctionResource(this, "Resource", {
      functionName: props.functionName,
      description: props.description,
      role: this.role.arn,
      // the newest that provider 5.100.0 knows
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: props.bundle.file,
      sourceCodeHash: props.bundle.sha256,
      timeout: props.timeoutSeconds ?? 60,
      memorySize: props.memoryMegabytes ?? 256,
      environment: { variables: props.environment },
      loggingConfig: { logFormat: "Text", logGroup: log.logGroupName },
      dependsOn: this.role.policies,
    });
    acceptFindings(resource, {
      CKV_AWS_50:
        "CodePipeline shows every call and its outcome; tracing would need permissions on every resource",
      CKV_AWS_115:
        "reserving takes from an account's concurrency, which is 10 in a new one; the pipeline runs one at a time",
      CKV_AWS_116:
        "a job that no function reports on fails in the pipeline, where it can be retried; a function that a rule invokes has a destination for failures",
      CKV_AWS_117: "it calls AWS's APIs only, which a VPC would need endpoints for",
      CKV_AWS_173: "the variables are names; Lambda encrypts them with its own key",
      CKV_AWS_272: "the code comes from this repository, and its hash is in the plan",
    });
    this.functionName = resource.functionName;
    this.arn = resource.arn;
  }

  allow(statement: Statement): void {
    this.role.allow(statement);
  }
}

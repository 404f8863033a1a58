import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import type { EnvironmentOf } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { LambdaFunction } from "../shared/lambda-function";
import { usedAll, type Statement } from "../shared/policy-document";
import type { Grantee } from "../shared/role";
import type { NoticesTopic } from "./notices-topic";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
export type EndState = "FAILED" | "STOPPED" | "CANCELED";

export interface ExecutionFunctionProps<F extends FunctionContract> {
  /** What the function and its stack agree on. */
  readonly contract: F;
  /** The function's name, its role's and its rule's. */
  readonly functionName: string;
  readonly description: string;
  readonly environment: EnvironmentOf<F>;
  readonly pipelineName: string;
  readonly pipelineArn: string;
  /** Ends of an execution that it is invoked for. */
  readonly states: readonly EndState[];
  /** The drill with an execution that ends so; see `Statement.usedByDrill`. */
  readonly drill: string;
  /** Gets the event that the function failed at in all its attempts. */
  readonly topic: NoticesTopic;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

interface FunctionContract {
  readonly name: string;
  readonly environment: readonly string[];
}

/**
 * A function that a rule invokes when an execution has ended, and that looks the execution up. Lambda tries twice more when
 * it fails, and then publishes the event and the error, so that somebody learns of it:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class ExecutionFunction<F extends FunctionContract> extends Construct implements Grantee {
  private readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ExecutionFunctionProps<F>) {
    super(scope, id);
    this.function = new LambdaFunction(this, "Function", {
      functionName: props.functionName,
      description: props.description,
      bundle: props.bundles.of(props.contract.name),
      environment: props.environment,
      key: props.key,
      drill: props.drill,
    });
    const looks = ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"];
    this.function.allow({
      actions: looks,
      resources: [props.pipelineArn],
      usedByDrill: usedAll(looks, props.drill),
    });
    props.topic.grantPublish(this.function, props.drill);
    new LambdaFunctionEventInvokeConfig(this, "Failures", {
      functionName: this.function.functionName,
      // Lambda's defaults: left out, a plan could not tell whether somebody changed them
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: props.topic.arn } },
      // Lambda holds the role against it
      dependsOn: this.function.role.policies,
    });
    this.invokedBy(this.rule(props));
  }

  allow(statement: Statement): void {
    this.function.allow(statement);
  }

  private rule(props: ExecutionFunctionProps<F>): CloudwatchEventRule {
    return new CloudwatchEventRule(this, "Rule", {
      name: props.functionName,
      description: `An execution of the pipeline ${props.pipelineName} is ${props.states.join(", ")}`,
      eventPattern: JSON.stringify({
        source: ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        detail: { pipeline: [props.pipelineName], state: props.states },
      }),
    });
  }

  private invokedBy(rule: CloudwatchEventRule): void {
    const permission = new LambdaPermission(this, "Permission", {
      functionName: this.function.functionName,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    });
    new CloudwatchEventTarget(this, "Target", {
      rule: rule.name,
      targetId: "function",
      arn: this.function.arn,
      dependsOn: [permission],
    });
  }
}

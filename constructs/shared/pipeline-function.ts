import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { Construct } from "constructs";
import {
  oldestJobSeconds,
  type ActionFunction,
  type EnvironmentOf,
  type OutputsOf,
  type ParametersOf,
} from "../../contract/functions";
import type { EncryptionKey } from "./encryption-key";
import type { FunctionBundles } from "./function-bundles";
import { LambdaFunction } from "./lambda-function";
import {
  variable,
  type Artifact,
  type BoundAction,
  type PipelineAction,
  type PipelineParts,
} from "./pipeline-action";
import type { Statement } from "./policy-document";
import { Role, type Grantee } from "./role";

export interface PipelineFunctionProps<F extends ActionFunction> {
  /** What the function and its stack agree on. */
  readonly contract: F;
  /** The function's name and that of its role; its action's role appends "-action". */
  readonly functionName: string;
  readonly description: string;
  readonly environment: EnvironmentOf<F>;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
  /** The drill in which a job of it fails; see `Statement.usedByDrill`. */
  readonly failsInDrill: string;
  readonly timeoutSeconds?: number;
  readonly memoryMegabytes?: number;
}

export interface FunctionActionProps<F extends ActionFunction> {
  /** What later actions find its output variables under; unique in the pipeline. */
  readonly namespace: string;
  readonly parameters: ParametersOf<F>;
  readonly input?: Artifact;
}

/** A function that serves an action of the pipeline, and the role of the action that invokes it. */
export class PipelineFunction<F extends ActionFunction> extends Construct implements Grantee {
  private readonly function: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PipelineFunctionProps<F>,
  ) {
    super(scope, id);
    this.function = new LambdaFunction(this, "Function", {
      functionName: props.functionName,
      description: props.description,
      bundle: props.bundles.of(props.contract.name),
      environment: props.environment,
      key: props.key,
      timeoutSeconds: props.timeoutSeconds,
      memoryMegabytes: props.memoryMegabytes,
    });
    new LambdaFunctionEventInvokeConfig(this, "Delivery", {
      functionName: this.function.functionName,
      maximumEventAgeInSeconds: oldestJobSeconds,
      maximumRetryAttempts: 2,
    });
    this.function.allow({
      actions: ["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"],
      everyResource:
        "a job has no ARN; the service authorization reference lists no resource type for either",
      usedByDrill: { "codepipeline:PutJobFailureResult": props.failsInDrill },
    });
  }

  allow(statement: Statement): void {
    this.function.allow(statement);
  }

  action(props: FunctionActionProps<F>): FunctionAction<F> {
    return new FunctionAction(this, this.function, this.props, props);
  }
}

/** The action of a `PipelineFunction`, and where later actions find its output variables. */
export class FunctionAction<F extends ActionFunction> implements PipelineAction {
  constructor(
    private readonly scope: Construct,
    private readonly target: LambdaFunction,
    private readonly functionProps: PipelineFunctionProps<F>,
    private readonly props: FunctionActionProps<F>,
  ) {}

  output(name: keyof OutputsOf<F> & string): string {
    return variable(this.props.namespace, name);
  }

  bind(pipeline: PipelineParts): BoundAction {
    const { input, namespace, parameters } = this.props;
    const { contract, functionName } = this.functionProps;
    const role = new Role(this.scope, "ActionRole", {
      roleName: `${functionName}-action`,
      description: `Assumed by the action ${contract.name} to invoke the function ${functionName}`,
      assumedBy: { roleArn: pipeline.role.arn },
    });
    // CodePipeline asks for both: https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
    role.allow({ actions: ["lambda:InvokeFunction"], resources: [this.target.arn] });
    role.allow({
      actions: ["lambda:ListFunctions"],
      everyResource: "the service authorization reference has no resource type for ListFunctions",
    });
    // CodePipeline gives the function credentials of this role for the input, and for nothing else
    if (input !== undefined) pipeline.artifacts.grantRead(role);
    pipeline.role.allow({ actions: ["sts:AssumeRole"], resources: [role.arn] });
    return {
      definition: {
        name: contract.name,
        category: "Invoke",
        owner: "AWS",
        provider: "Lambda",
        version: "1",
        namespace,
        roleArn: role.arn,
        ...(input === undefined ? {} : { inputArtifacts: [input] }),
        configuration: { FunctionName: functionName, UserParameters: JSON.stringify(parameters) },
      },
      dependsOn: [...role.policies, ...this.target.role.policies],
    };
  }
}

import { Duration } from "aws-cdk-lib";
import { ArnPrincipal, Role } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { settings } from "./settings";
import { allow, logGroup, service } from "./shared";

export interface ApplicationFunctionProps {
  readonly functionName: string;
  readonly bundle: string;
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly key: Key;
}

/** A function with its own role and log. */
export class ApplicationFunction extends Construct {
  readonly role: Role;
  readonly lambda: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApplicationFunctionProps,
  ) {
    super(scope, id);
    const { functionName, description, environment } = props;
    const log = logGroup(this, "Log", `/aws/lambda/${functionName}`, props.key);
    this.role = new Role(this, "Role", {
      roleName: functionName,
      description: `Assumed by the function that ${description}`,
      assumedBy: service("lambda"),
    });
    allow(
      this.role,
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      [log.logGroupArn, `${log.logGroupArn}:*`],
    );
    this.lambda = new LambdaFunction(this, "Function", {
      functionName,
      description,
      environment,
      role: this.role,
      logGroup: log,
      loggingFormat: LoggingFormat.TEXT,
      code: Code.fromAsset(props.bundle),
      handler: "index.handler",
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(60),
    });
  }

  /** The role of the action that invokes it. An arrow function, so that it can be handed over by itself. */
  readonly actionRole = (): Role => {
    const { functionName } = this.props;
    this.lambda.configureAsyncInvoke({ maxEventAge: Duration.minutes(10), retryAttempts: 2 });
    allow(this.role, ["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"], ["*"]);
    return new Role(this, "ActionRole", {
      roleName: `${functionName}-action`,
      description: `Assumed by the action that invokes the function ${functionName}`,
      assumedBy: new ArnPrincipal(`arn:aws:iam::${settings.accountId}:role/${settings.name}-pipeline`),
    });
  };
}

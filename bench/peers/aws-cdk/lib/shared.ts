import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Vpc, type IVpc } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, ServicePrincipal, type IPrincipal, type Role } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { arn, settings } from "./settings";

export function network(scope: Construct): IVpc {
  return Vpc.fromVpcAttributes(scope, "Network", {
    vpcId: settings.vpcId,
    availabilityZones: [...settings.availabilityZones],
    publicSubnetIds: [...settings.subnetIds],
  });
}

export function encryptionKey(scope: Construct, alias: string, description: string): Key {
  const key = new Key(scope, "Key", {
    alias,
    description,
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${settings.region}.amazonaws.com`)],
      actions: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      resources: ["*"],
      conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn("logs", "log-group:*") } },
    }),
  );
  return key;
}

export function logGroup(scope: Construct, id: string, logGroupName: string, key: Key): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName,
    encryptionKey: key,
    retention: RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

export type Conditions = Record<string, Record<string, string>>;

export function allow(role: Role, actions: string[], resources: string[], conditions?: Conditions): void {
  role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
}

/** What the agents of an instance need: its log, and Session Manager. */
export function allowAgents(role: Role, log: LogGroup): void {
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], [log.logGroupArn, `${log.logGroupArn}:*`]);
  allow(role, ["logs:CreateLogGroup", "logs:DescribeLogStreams"], [log.logGroupArn]);
  allow(role, ["ssm:UpdateInstanceInformation"], [arn("ec2", "instance/*")]);
  const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
  allow(
    role,
    channels.map((name) => `ssmmessages:${name}`),
    ["*"],
  );
}

export function service(name: string): IPrincipal {
  return new ServicePrincipal(`${name}.amazonaws.com`);
}

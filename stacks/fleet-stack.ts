import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Configuration, EnvironmentConfiguration } from "../config/configuration";
import { Names, type EnvironmentNames } from "../config/names";
import { FleetAlarms } from "../constructs/fleet/fleet-alarms";
import { FleetLoadBalancer } from "../constructs/fleet/fleet-load-balancer";
import { InstanceRole } from "../constructs/fleet/instance-role";
import { LaunchTemplates } from "../constructs/fleet/launch-templates";
import { ServerFleet } from "../constructs/fleet/server-fleet";
import { EncryptionKey } from "../constructs/shared/encryption-key";
import { Network } from "../constructs/shared/network";
import { SecurityGroup } from "../constructs/shared/security-group";
import { AwsStack } from "./aws-stack";

/** One environment: its fleet and what is in front of it. */
export class FleetStack extends AwsStack {
  constructor(scope: Construct, configuration: Configuration, environment: EnvironmentConfiguration) {
    const all = new Names(configuration);
    const names = all.environment(environment.name);
    super(scope, names.fleetStack, configuration);
    const network = new Network(this, "Network", { subnetIds: configuration.subnetIds });
    const instances = new SecurityGroup(this, "Instances", {
      securityGroupName: names.instanceSecurityGroup,
      description: "Instances of the fleet",
      vpcId: network.vpcId,
    });
    instances.allowToInternet(443, "The APIs of AWS");
    const key = new EncryptionKey(this, "Key", {
      aliasName: names.key,
      description: `Logs of the fleet ${names.prefix}`,
      accountId: configuration.accountId,
      region: configuration.region,
    });
    const instanceRole = new InstanceRole(this, "InstanceRole", {
      roleName: names.instanceRole,
      environmentName: environment.name,
      logGroupName: names.logGroup,
      instanceArns: all.ec2Arns("instance"),
      key,
    });
    const templates = new LaunchTemplates(this, "Templates", {
      applicationName: all.application,
      environmentName: environment.name,
      blueprintName: names.blueprintTemplate,
      releaseName: names.releaseTemplate,
      architecture: configuration.architecture,
      instanceType: configuration.instanceType,
      instanceProfileName: instanceRole.instanceProfileName,
      securityGroupId: instances.id,
    });
    const balancer = this.balance(configuration.accountId, names, network, instances, environment);
    new ServerFleet(this, "Fleet", {
      autoScalingGroupName: names.autoScalingGroup,
      applicationName: all.application,
      environmentName: environment.name,
      subnetIds: network.subnetIds,
      templates,
      maxSize: environment.capacity.max,
      healthCheckGraceSeconds: environment.healthCheckGraceSeconds,
      instanceWarmupSeconds: environment.instanceWarmupSeconds,
      targetGroupArn: balancer?.targetGroupArn,
    });
    new TerraformOutput(this, "AutoScalingGroup", { value: names.autoScalingGroup });
    new TerraformOutput(this, "LogGroup", { value: names.logGroup });
    if (balancer !== undefined) new TerraformOutput(this, "Address", { value: balancer.url });
  }

  private balance(
    accountId: string,
    names: EnvironmentNames,
    network: Network,
    instances: SecurityGroup,
    { loadBalancer: settings, healthCheckGraceSeconds }: EnvironmentConfiguration,
  ): FleetLoadBalancer | undefined {
    if (settings === undefined) return undefined;
    const balancer = new FleetLoadBalancer(this, "LoadBalancer", {
      name: names.loadBalancer,
      securityGroupName: names.loadBalancerSecurityGroup,
      logBucketName: names.logBucket,
      accountId,
      network,
      instances,
      ...settings,
    });
    new FleetAlarms(this, "Alarms", {
      serverErrorsName: names.serverErrorsAlarm,
      unhealthyHostsName: names.unhealthyHostsAlarm,
      dimensions: balancer.dimensions,
      startSeconds: healthCheckGraceSeconds,
    });
    return balancer;
  }
}

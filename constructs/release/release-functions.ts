import { Construct } from "constructs";
import { prepareReleaseFunction, rollOutFunction } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { PipelineFunction } from "../shared/pipeline-function";
import type { Conditions } from "../shared/policy-document";
import { refreshPreferences, type RollOutSettings } from "./refresh-preferences";

export interface ReleaseFunctionsProps {
  readonly applicationName: string;
  readonly environmentName: string;
  readonly functionNames: { readonly prepareRelease: string; readonly rollOut: string };
  readonly blueprintTemplateName: string;
  readonly releaseTemplateName: string;
  readonly autoScalingGroupName: string;
  readonly autoScalingGroupArn: string;
  readonly instanceRoleArn: string;
  /** Size that a fleet which never ran is started at. */
  readonly desiredCapacity: number;
  readonly rollOut: RollOutSettings;
  readonly arns: {
    readonly launchTemplates: string;
    /** What belongs to this account and is used when an instance starts. */
    readonly instanceParts: readonly string[];
    readonly instances: string;
    readonly volumes: string;
    readonly networkInterfaces: string;
    readonly amis: string;
  };
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/** The functions that bring an image to one environment. */
export class ReleaseFunctions extends Construct {
  readonly prepareRelease: PipelineFunction<typeof prepareReleaseFunction>;
  readonly rollOut: PipelineFunction<typeof rollOutFunction>;
  /** Templates of this environment. Their ids are another stack's secret, so they are told by their tags. */
  readonly ownTemplates: Conditions;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ReleaseFunctionsProps,
  ) {
    super(scope, id);
    this.ownTemplates = {
      StringEquals: {
        "aws:ResourceTag/Application": props.applicationName,
        "aws:ResourceTag/Environment": props.environmentName,
      },
    };
    this.prepareRelease = this.makePrepareRelease();
    this.rollOut = this.makeRollOut();
  }

  private makePrepareRelease() {
    const { props } = this;
    const prepareRelease = new PipelineFunction(this, "PrepareRelease", {
      contract: prepareReleaseFunction,
      functionName: props.functionNames.prepareRelease,
      description: `makes the launch template version of a release for ${props.environmentName}`,
      failsInDrill: "wrong-settings",
      environment: {
        APPLICATION: props.applicationName,
        ENVIRONMENT: props.environmentName,
        BLUEPRINT_TEMPLATE: props.blueprintTemplateName,
        RELEASE_TEMPLATE: props.releaseTemplateName,
      },
      bundles: props.bundles,
      key: props.key,
    });
    prepareRelease.allow({
      actions: ["ec2:DescribeLaunchTemplateVersions", "ec2:DescribeImages"],
      everyResource: "EC2 takes no resource for Describe actions",
    });
    prepareRelease.allow({
      actions: [
        "ec2:CreateLaunchTemplateVersion",
        // a version that EC2 warns of would start no instance
        "ec2:DeleteLaunchTemplateVersions",
      ],
      resources: [props.arns.launchTemplates],
      conditions: this.ownTemplates,
      unusedInRehearsal: {
        "ec2:DeleteLaunchTemplateVersions": "the local cloud's EC2 warns of no version",
      },
    });
    return prepareRelease;
  }

  private makeRollOut() {
    const { props } = this;
    const rollOut = new PipelineFunction(this, "RollOut", {
      contract: rollOutFunction,
      functionName: props.functionNames.rollOut,
      description: `replaces the fleet of ${props.environmentName} by an instance refresh and waits for it`,
      failsInDrill: "never-ready",
      environment: {
        AUTO_SCALING_GROUP: props.autoScalingGroupName,
        RELEASE_TEMPLATE: props.releaseTemplateName,
        DESIRED_CAPACITY: String(props.desiredCapacity),
        REFRESH_PREFERENCES: JSON.stringify(refreshPreferences(props.rollOut)),
      },
      bundles: props.bundles,
      key: props.key,
    });
    rollOut.allow({
      actions: [
        "autoscaling:StartInstanceRefresh",
        // a fleet that never ran is started, one that is stopped gets the new version for when it runs again
        "autoscaling:UpdateAutoScalingGroup",
      ],
      resources: [props.autoScalingGroupArn],
    });
    rollOut.allow({
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeInstanceRefreshes",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeLaunchTemplateVersions",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      everyResource: "none of the services takes a resource for Describe actions",
      unusedInRehearsal: {
        "autoscaling:DescribeScalingActivities":
          "asked for the reason when a fleet has not started within half an hour",
      },
    });
    rollOut.allow({
      actions: ["ec2:ModifyLaunchTemplate", "ec2:DeleteLaunchTemplateVersions"],
      resources: [props.arns.launchTemplates],
      conditions: this.ownTemplates,
      usedByDrill: { "ec2:DeleteLaunchTemplateVersions": "never-ready" },
    });
    this.grantUseOfTemplate(rollOut);
    return rollOut;
  }

  /**
   * Auto Scaling lets nobody give a group a launch template who might not start its instances himself.
   * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
   */
  private grantUseOfTemplate(rollOut: PipelineFunction<typeof rollOutFunction>): void {
    const { arns, applicationName, instanceRoleArn } = this.props;
    const run = ["ec2:RunInstances"];
    const byTemplate: Conditions = { ArnLike: { "ec2:LaunchTemplate": arns.launchTemplates } };
    rollOut.allow({ actions: run, resources: [arns.launchTemplates], conditions: this.ownTemplates });
    rollOut.allow({
      actions: run,
      resources: [arns.amis],
      conditions: { ...byTemplate, StringEquals: { "aws:ResourceTag/Application": applicationName } },
    });
    rollOut.allow({ actions: run, resources: arns.instanceParts, conditions: byTemplate });
    rollOut.allow({
      // the template's tag specifications
      actions: ["ec2:CreateTags"],
      resources: [arns.instances, arns.volumes, arns.networkInterfaces],
      conditions: { StringEquals: { "ec2:CreateAction": "RunInstances" } },
    });
    rollOut.allow({
      actions: ["iam:PassRole"],
      resources: [instanceRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    });
  }
}

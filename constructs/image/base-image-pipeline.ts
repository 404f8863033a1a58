import { ImagebuilderImagePipeline } from "@cdktf/provider-aws/lib/imagebuilder-image-pipeline";
import { Construct } from "constructs";
import { LogGroup } from "../shared/log-group";
import type { Grantee } from "../shared/role";
import { ImageDistribution } from "./image-distribution";
import type { Baking } from "./image-pipeline";
import { imageTests } from "./image-tests";

export interface BaseImagePipelineProps extends Baking {
  readonly name: string;
  /** Tag Name of the AMIs, and the first part of their names. */
  readonly amiName: string;
  readonly scheduleExpression: string;
  readonly timezone: string;
  /** The image that the base recipe is baked into, in all its builds. */
  readonly imageVersionArn: string;
  /** Every base image, whatever it was made of. */
  readonly imageArns: string;
}

/** Bakes the base recipe into an image on a schedule, so that a release only adds the application. */
export class BaseImagePipeline extends Construct {
  readonly arn: string;
  readonly imageVersionArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BaseImagePipelineProps,
  ) {
    super(scope, id);
    const log = new LogGroup(this, "Log", {
      logGroupName: `/aws/imagebuilder/pipeline/${props.name}`,
      key: props.key,
    });
    const instanceLog = new LogGroup(this, "InstanceLog", {
      logGroupName: `/aws/imagebuilder/${props.baseImage.recipeName}`,
      key: props.key,
    });
    props.imageBuilder.writeLog(instanceLog);
    props.cleanUp.keepMeanwhile(log.resource, instanceLog.resource);
    const distribution = new ImageDistribution(this, "Distribution", {
      name: props.name,
      region: props.region,
      amiNamePrefix: props.amiName,
      amiDescription: `What releases of ${props.applicationName} add the application to`,
      amiTags: { Application: props.applicationName, Name: props.amiName },
    });
    this.arn = new ImagebuilderImagePipeline(this, "Resource", {
      name: props.name,
      description: "Bakes the base image on a schedule",
      imageRecipeArn: props.baseImage.recipeArn,
      infrastructureConfigurationArn: props.imageBuilder.configurationArn,
      distributionConfigurationArn: distribution.arn,
      imageTestsConfiguration: imageTests(props.testsEnabled),
      enhancedImageMetadataEnabled: true,
      schedule: {
        scheduleExpression: props.scheduleExpression,
        timezone: props.timezone,
        // with the other condition, a base recipe of other content would wait for the next Amazon Linux
        pipelineExecutionStartCondition: "EXPRESSION_MATCH_ONLY",
      },
      status: "ENABLED",
      dependsOn: [log.resource, instanceLog.resource, props.cleanUp.invocation],
    }).arn;
    this.imageVersionArn = props.imageVersionArn;
  }

  /** To find the newest base image. */
  grantFind(grantee: Grantee): void {
    grantee.allow({
      actions: ["imagebuilder:ListImageBuildVersions"],
      resources: [this.props.imageArns],
    });
  }
}

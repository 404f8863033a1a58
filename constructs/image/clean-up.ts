import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { cleanUpFunction, type EnvironmentOf } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { LambdaFunction } from "../shared/lambda-function";
import type { ImagePipeline } from "./image-pipeline";
import { imageBuilderSnapshots } from "./snapshots";

export interface CleanUpProps {
  readonly functionName: string;
  readonly environment: EnvironmentOf<typeof cleanUpFunction>;
  readonly applicationName: string;
  readonly componentArns: string;
  readonly recipeArns: string;
  readonly imageArns: string;
  readonly amiArns: string;
  readonly snapshotArns: string;
  readonly imagePipeline: ImagePipeline;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/** Removes what releases left, when Terraform destroys the stack: before anything goes that this needs. */
export class CleanUp extends Construct {
  /** Whatever makes releases depends on this, so that it goes first. */
  readonly invocation: ITerraformDependable;

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const target = new LambdaFunction(this, "Function", {
      functionName: props.functionName,
      roleName: props.functionName,
      description: "removes images, recipes and components of releases when the stack is destroyed",
      bundle: props.bundles.of(cleanUpFunction.name),
      environment: props.environment,
      key: props.key,
      // the most that Lambda allows: years of releases go at once
      timeoutSeconds: 900,
    });
    this.grant(target, props);
    this.invocation = new LambdaInvocation(this, "Invocation", {
      functionName: target.functionName,
      input: JSON.stringify({ application: props.applicationName }),
      // invoked on destroy too; the function does nothing on the other occasions
      lifecycleScope: "CRUD",
      dependsOn: [...target.role.policies, props.imagePipeline.resource],
    });
  }

  private grant(target: LambdaFunction, props: CleanUpProps): void {
    props.imagePipeline.grantPointBack(target);
    target.allow({
      actions: [
        "imagebuilder:GetImage",
        "imagebuilder:ListImageBuildVersions",
        "imagebuilder:CancelImageCreation",
        "imagebuilder:DeleteImage",
      ],
      resources: [props.imageArns],
      usedByDrill: { "imagebuilder:CancelImageCreation": "destroy-while-baking" },
    });
    target.allow({ actions: ["imagebuilder:DeleteImageRecipe"], resources: [props.recipeArns] });
    target.allow({
      actions: ["imagebuilder:ListComponentBuildVersions", "imagebuilder:DeleteComponent"],
      resources: [props.componentArns],
    });
    target.allow({
      actions: [
        "imagebuilder:ListImages",
        "imagebuilder:ListImageRecipes",
        "imagebuilder:ListComponents",
        "ec2:DescribeImages",
      ],
      everyResource: "the service authorization reference has no resource type for any of the four",
    });
    target.allow({
      actions: ["ec2:DeregisterImage"],
      resources: [props.amiArns],
      conditions: { StringEquals: { "aws:ResourceTag/Application": props.applicationName } },
    });
    target.allow({
      actions: ["ec2:DeleteSnapshot"],
      resources: [props.snapshotArns],
      conditions: imageBuilderSnapshots(props.imageArns),
    });
  }
}

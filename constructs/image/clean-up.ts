import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { cleanUpFunction, type EnvironmentOf } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { LambdaFunction } from "../shared/lambda-function";
import { imageBuilderSnapshots } from "./snapshots";

export interface CleanUpProps {
  readonly functionName: string;
  readonly environment: EnvironmentOf<typeof cleanUpFunction>;
  readonly applicationName: string;
  readonly componentArns: readonly string[];
  readonly recipeArns: string;
  readonly imageArns: readonly string[];
  readonly amiArns: string;
  readonly snapshotArns: string;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/**
 * Removes what releases and base images left, when Terraform destroys the stack: after whatever makes them, and after the
 * recipes of Terraform's that base components are in; before anything goes that this needs.
 */
export class CleanUp extends Construct {
  /** What has to be gone before depends on this. */
  readonly invocation: ITerraformDependable;
  private readonly keptMeanwhile: string[];

  constructor(scope: Construct, id: string, props: CleanUpProps) {
    super(scope, id);
    const target = new LambdaFunction(this, "Function", {
      functionName: props.functionName,
      description: "removes images, recipes and components of releases when the stack is destroyed",
      bundle: props.bundles.of(cleanUpFunction.name),
      environment: props.environment,
      key: props.key,
      // the most that Lambda allows: years of releases go at once
      timeoutSeconds: 900,
    });
    this.grant(target, props);
    const invocation = new LambdaInvocation(this, "Invocation", {
      functionName: target.functionName,
      input: JSON.stringify({ application: props.applicationName }),
      // invoked on destroy too; the function does nothing on the other occasions
      lifecycleScope: "CRUD",
    });
    this.invocation = invocation;
    invocation.dependsOn = this.keptMeanwhile = [];
    this.keepMeanwhile(...target.role.policies);
  }

  /**
   * For what bakes write with and to while they are cancelled: without its permissions an instance would write no more, and a
   * log group that is gone by then would be made again by its writer.
   */
  keepMeanwhile(...resources: readonly ITerraformDependable[]): void {
    this.keptMeanwhile.push(...resources.map((resource) => dependable(resource)));
  }

  private grant(target: LambdaFunction, props: CleanUpProps): void {
    target.allow({
      actions: [
        "imagebuilder:GetImage",
        "imagebuilder:ListImageBuildVersions",
        "imagebuilder:CancelImageCreation",
        "imagebuilder:DeleteImage",
      ],
      resources: props.imageArns,
      usedByDrill: { "imagebuilder:CancelImageCreation": "destroy-while-baking" },
    });
    target.allow({ actions: ["imagebuilder:DeleteImageRecipe"], resources: [props.recipeArns] });
    target.allow({
      actions: ["imagebuilder:ListComponentBuildVersions", "imagebuilder:DeleteComponent"],
      resources: props.componentArns,
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

import { ImagebuilderImageRecipe } from "@cdktf/provider-aws/lib/imagebuilder-image-recipe";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { BaseImage } from "./base-image";

export interface InitialRecipeProps {
  readonly recipeName: string;
  readonly baseImage: BaseImage;
  readonly outlivedBy: readonly ITerraformDependable[];
}

/**
 * An image pipeline can't be made without a recipe, nor a recipe be deleted that a pipeline points at. This one is there for
 * that, from before the first release, and nothing is ever baked from it: so it never changes, whatever the base image does.
 */
export class InitialRecipe extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: InitialRecipeProps) {
    super(scope, id);
    const recipe = new ImagebuilderImageRecipe(this, "Resource", {
      name: props.recipeName,
      description: "What the image pipeline is made with; never built",
      version: "1.0.0",
      parentImage: props.baseImage.parentImageArn,
      component: [{ componentArn: props.baseImage.componentArn }],
      lifecycle: { ignoreChanges: "all" },
      dependsOn: [...props.outlivedBy],
    });
    this.arn = recipe.arn;
  }
}

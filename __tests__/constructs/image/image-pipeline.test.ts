import { Testing } from "cdktf";
import { PipelineStack } from "../../../stacks/pipeline-stack";
import { configuration, stubBundles } from "../../support/configuration";
import { synthesizeStack } from "../../support/synthesized";

const stack = synthesizeStack(new PipelineStack(Testing.app(), configuration(), stubBundles()));

describe("the image pipeline", () => {
  const pipeline = stack.resource("aws_imagebuilder_image_pipeline");

  test("is first pointed at the base recipe, and then wherever releases point it", () => {
    expect(stack.resolve(String(pipeline["image_recipe_arn"]))).toMatch(
      /:image-recipe\/shop-base-[0-9a-f]{8}\/1\.0\.0$/,
    );
    expect(pipeline["lifecycle"]).toEqual({ ignore_changes: ["image_recipe_arn"] });
  });

  test("tests every image, and never builds by itself", () => {
    expect(pipeline["image_tests_configuration"]).toMatchObject({ image_tests_enabled: true });
    expect(pipeline).not.toHaveProperty("schedule");
  });

  test("carries the tag that a bake hands on to its image", () => {
    expect(pipeline["tags"]).toEqual({ Application: "shop" });
  });

  test("gives every image a name of its own, and the application's tag", () => {
    const { distribution } = stack.resource("aws_imagebuilder_distribution_configuration");
    expect(distribution).toEqual([
      {
        region: "eu-west-1",
        ami_distribution_configuration: expect.objectContaining({
          name: "shop-{{ imagebuilder:buildDate }}",
          ami_tags: { Application: "shop" },
        }),
      },
    ]);
  });
});

describe("the images' lifecycle", () => {
  const policy = stack.resource("aws_imagebuilder_lifecycle_policy");

  test("selects by tag, because each release has a recipe version of its own", () => {
    expect(policy["resource_selection"]).toEqual([{ tag_map: { Application: "shop" } }]);
  });

  test("keeps the newest 20 images, and all that an instance was started from lately", () => {
    expect(policy["policy_detail"]).toMatchObject([
      {
        action: [{ type: "DELETE", include_resources: [{ amis: true, snapshots: true }] }],
        filter: [{ type: "COUNT", value: 20 }],
        exclusion_rules: [{ amis: [{ last_launched: [{ unit: "DAYS", value: 30 }] }] }],
      },
    ]);
  });
});

describe("clean-up", () => {
  test("is invoked when the stack is destroyed", () => {
    expect(stack.resource("aws_lambda_invocation")).toMatchObject({ lifecycle_scope: "CRUD" });
  });
});

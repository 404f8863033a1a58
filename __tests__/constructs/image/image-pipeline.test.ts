import { Testing } from "cdktf";
import { PipelineStack } from "../../../stacks/pipeline-stack";
import { configuration, scheduledBaseImage, stubBundles } from "../../support/configuration";
import { synthesizeStack } from "../../support/synthesized";

const made = (image = configuration().image) =>
  synthesizeStack(new PipelineStack(Testing.app(), configuration({ image }), stubBundles()));
const stack = made();

describe("the image pipeline", () => {
  const pipeline = stack.resource("aws_imagebuilder_image_pipeline");

  test("is made with a recipe that never changes, and then points wherever releases point it", () => {
    expect(stack.resolve(String(pipeline["image_recipe_arn"]))).toMatch(
      /:image-recipe\/shop-initial\/1\.0\.0$/,
    );
    expect(pipeline["lifecycle"]).toEqual({ ignore_changes: ["image_recipe_arn"] });
    expect(stack.resource("aws_imagebuilder_image_recipe", "ImagePipeline")["lifecycle"]).toEqual({
      ignore_changes: "all",
    });
  });

  test.each([true, false])("tests images as configured: %p", (testsEnabled) => {
    const { image_tests_configuration } = made({ testsEnabled, baseImageSchedule: undefined }).resource(
      "aws_imagebuilder_image_pipeline",
    );
    expect(image_tests_configuration).toMatchObject({ image_tests_enabled: testsEnabled });
  });

  test("never builds by itself", () => {
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

describe("the base image's pipeline", () => {
  const scheduled = made(scheduledBaseImage);
  const pipeline = scheduled.resource("aws_imagebuilder_image_pipeline", "BaseImagePipeline");

  test("bakes the base recipe whenever the schedule says so", () => {
    expect(scheduled.resolve(String(pipeline["image_recipe_arn"]))).toMatch(
      /:image-recipe\/shop-base-[0-9a-f]{8}\/1\.0\.0$/,
    );
    expect(pipeline["schedule"]).toEqual({
      schedule_expression: "cron(0 4 ? * sun *)",
      timezone: "Europe/Berlin",
      pipeline_execution_start_condition: "EXPRESSION_MATCH_ONLY",
    });
  });

  test("follows the base recipe when that changes", () => {
    expect(pipeline).not.toHaveProperty("lifecycle");
  });

  test("tests images as configured", () => {
    const untested = made({ ...scheduledBaseImage, testsEnabled: false });
    for (const each of Object.values(untested.resources("aws_imagebuilder_image_pipeline")))
      expect(each["image_tests_configuration"]).toMatchObject({ image_tests_enabled: false });
  });

  test("gives its AMIs the application's tag, and names of their own", () => {
    const { distribution } = scheduled.resource(
      "aws_imagebuilder_distribution_configuration",
      "BaseImagePipeline",
    );
    expect(distribution).toEqual([
      {
        region: "eu-west-1",
        ami_distribution_configuration: expect.objectContaining({
          name: "shop-base-{{ imagebuilder:buildDate }}",
          ami_tags: { Application: "shop", Name: "shop-base" },
        }),
      },
    ]);
  });

  test("writes to log groups that Terraform made, so that they go with the rest", () => {
    const { name } = scheduled.resource("aws_imagebuilder_image_recipe", "BaseImage");
    const groups = Object.values(scheduled.resources("aws_cloudwatch_log_group")).map((one) => one["name"]);
    expect(groups).toContain("/aws/imagebuilder/pipeline/shop-base-image");
    expect(groups).toContain(`/aws/imagebuilder/${String(name)}`);
  });

  test("has a lifecycle policy of its own, by recipe, as scheduled images have no tags", () => {
    const { name } = scheduled.resource("aws_imagebuilder_image_recipe", "BaseImage");
    expect(
      scheduled.resource("aws_imagebuilder_lifecycle_policy", "ImageLifecycle_BaseImages"),
    ).toMatchObject({
      resource_selection: [{ recipe: [{ name, semantic_version: "1.0.0" }] }],
      policy_detail: [
        {
          action: [{ type: "DELETE", include_resources: [{ amis: true, snapshots: true }] }],
          filter: [{ type: "COUNT", value: 3 }],
        },
      ],
    });
  });
});

describe("clean-up", () => {
  test("is invoked when the stack is destroyed", () => {
    expect(stack.resource("aws_lambda_invocation")).toMatchObject({ lifecycle_scope: "CRUD" });
  });
});

import { LaunchTemplates } from "../../../constructs/fleet/launch-templates";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct(
  (scope) =>
    new LaunchTemplates(scope, "Templates", {
      applicationName: "shop",
      environmentName: "production",
      blueprintName: "shop-production-blueprint",
      releaseName: "shop-production-release",
      architecture: "arm64",
      instanceType: "t4g.small",
      instanceProfileName: "shop-production-instance",
      securityGroupId: "sg-1",
    }),
);
const blueprint = stack.resource("aws_launch_template", "Templates_Blueprint");
const release = stack.resource("aws_launch_template", "Templates_Release");

describe("both launch templates", () => {
  test.each([
    ["blueprint", blueprint],
    ["release", release],
  ])("%s: metadata version 2 only, encrypted volume, no key pair", (_, template) => {
    expect(template).toMatchObject({
      metadata_options: {
        http_tokens: "required",
        http_put_response_hop_limit: 1,
        instance_metadata_tags: "enabled",
      },
      block_device_mappings: [{ device_name: "/dev/xvda", ebs: { encrypted: "true", volume_type: "gp3" } }],
      vpc_security_group_ids: ["sg-1"],
    });
    expect(template).not.toHaveProperty("key_name");
  });

  test.each([
    ["blueprint", blueprint],
    ["release", release],
  ])("%s: carries the tags that permissions select by", (_, template) => {
    expect(template["tags"]).toEqual({ Application: "shop", Environment: "production" });
  });
});

describe("the blueprint", () => {
  test("names no image", () => {
    expect(blueprint).not.toHaveProperty("image_id");
  });
});

describe("the release template", () => {
  test("begins with an image that exists, and is then left to the pipeline", () => {
    expect(release["image_id"]).toMatch(/^\$\{data\.aws_ssm_parameter\..*\.insecure_value\}$/);
    expect(Object.values(stack.document["data"]?.["aws_ssm_parameter"] ?? {})[0]).toMatchObject({
      name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    });
    expect(release["lifecycle"]).toEqual({ ignore_changes: "all" });
  });
});

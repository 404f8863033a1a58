import { ImageBuilder } from "../../../constructs/image/image-builder";
import { Network } from "../../../constructs/shared/network";
import { testArtifacts, testKey } from "../../support/parts";
import { synthesizeConstruct } from "../../support/synthesized";

const stack = synthesizeConstruct((scope) => {
  const key = testKey(scope);
  new ImageBuilder(scope, "Builder", {
    name: "shop-image-builder",
    applicationName: "shop",
    instanceType: "t4g.medium",
    network: new Network(scope, "Network", { subnetIds: ["subnet-1"] }),
    artifacts: testArtifacts(scope, key),
    key,
    componentArns: ["arn:aws:imagebuilder:eu-west-1:111122223333:component/shop-application/*"],
    recipeName: "shop-release",
    instanceArns: "arn:aws:ec2:eu-west-1:111122223333:instance/*",
    associationArns: "arn:aws:ssm:eu-west-1:111122223333:association/*",
    documentArns: ["arn:aws:ssm:eu-west-1::document/*"],
    imageBuilderObjectArns: ["arn:aws:s3:::ec2imagebuilder-toe-eu-west-1-prod/*"],
  });
});

describe("the instances that images are built on", () => {
  test("take metadata version 2 only, have no key pair, and go when they failed", () => {
    const configuration = stack.resource("aws_imagebuilder_infrastructure_configuration");
    expect(configuration).toMatchObject({
      instance_types: ["t4g.medium"],
      instance_metadata_options: { http_tokens: "required", http_put_response_hop_limit: 1 },
      terminate_instance_on_failure: true,
      subnet_id: "subnet-1",
    });
    expect(configuration).not.toHaveProperty("key_pair");
  });

  test("can be reached by nobody, and reach TLS only", () => {
    expect(stack.resources("aws_vpc_security_group_ingress_rule")).toEqual({});
    expect(stack.resource("aws_vpc_security_group_egress_rule")).toMatchObject({
      from_port: 443,
      to_port: 443,
    });
  });

  test("write to a log group that Terraform made, so that it goes with the rest", () => {
    expect(stack.resource("aws_cloudwatch_log_group")["name"]).toBe("/aws/imagebuilder/shop-release");
  });
});

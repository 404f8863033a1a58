import { SecurityGroup } from "../../../constructs/shared/security-group";
import { synthesizeConstruct } from "../../support/synthesized";

const group = (scope: ConstructorParameters<typeof SecurityGroup>[0], id: string) =>
  new SecurityGroup(scope, id, { securityGroupName: id, description: id, vpcId: "vpc-1" });

describe("a security group", () => {
  test("has no rule of its own", () => {
    const stack = synthesizeConstruct((scope) => group(scope, "Servers"));
    expect(stack.resource("aws_security_group")).not.toHaveProperty("ingress");
    expect(stack.resources("aws_vpc_security_group_egress_rule")).toEqual({});
  });

  test("opens both ends of a connection between two groups, and one port", () => {
    const stack = synthesizeConstruct((scope) =>
      group(scope, "Servers").allowFrom(group(scope, "Balancer"), 8080, "requests"),
    );
    const ports = { ip_protocol: "tcp", from_port: 8080, to_port: 8080 };
    expect(stack.resource("aws_vpc_security_group_ingress_rule")).toMatchObject({
      ...ports,
      security_group_id: expect.stringMatching(/Servers/),
      referenced_security_group_id: expect.stringMatching(/Balancer/),
    });
    expect(stack.resource("aws_vpc_security_group_egress_rule")).toMatchObject({
      ...ports,
      security_group_id: expect.stringMatching(/Balancer/),
      referenced_security_group_id: expect.stringMatching(/Servers/),
    });
  });
});

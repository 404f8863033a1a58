import { Network } from "../../../constructs/shared/network";
import { synthesizeConstruct } from "../../support/synthesized";

describe("a network", () => {
  test("is that of the subnets that are given", () => {
    const stack = synthesizeConstruct((scope) => {
      const network = new Network(scope, "Network", { subnetIds: ["subnet-1", "subnet-2"] });
      expect(network.subnetIds).toEqual(["subnet-1", "subnet-2"]);
      expect(network.firstSubnetId).toBe("subnet-1");
    });
    expect(Object.keys(stack.document["data"] ?? {})).toEqual(["aws_subnet"]);
  });

  test("is the default VPC where none is given", () => {
    const stack = synthesizeConstruct((scope) => new Network(scope, "Network", { subnetIds: [] }));
    expect(Object.values(stack.document["data"]?.["aws_vpc"] ?? {})[0]).toMatchObject({ default: true });
    expect(Object.values(stack.document["data"]?.["aws_subnets"] ?? {})[0]).toMatchObject({
      filter: [
        { name: "vpc-id", values: [expect.stringMatching(/data\.aws_vpc/)] },
        { name: "default-for-az", values: ["true"] },
      ],
    });
  });
});

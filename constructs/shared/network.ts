import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsSubnets } from "@cdktf/provider-aws/lib/data-aws-subnets";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Fn } from "cdktf";
import { Construct } from "constructs";

export interface NetworkProps {
  /** Empty: the default VPC's. */
  readonly subnetIds: readonly string[];
}

/** Where instances run. Nothing is made here: a network is older than what runs in it and outlives it. */
export class Network extends Construct {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly firstSubnetId: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const [first] = props.subnetIds;
    if (first === undefined) {
      this.vpcId = new DataAwsVpc(this, "DefaultVpc", { default: true }).id;
      this.subnetIds = new DataAwsSubnets(this, "DefaultSubnets", {
        filter: [
          { name: "vpc-id", values: [this.vpcId] },
          { name: "default-for-az", values: ["true"] },
        ],
      }).ids;
      // AWS returns them in no order that is promised
      this.firstSubnetId = Fn.element(Fn.sort(this.subnetIds), 0) as string;
    } else {
      this.vpcId = new DataAwsSubnet(this, "FirstSubnet", { id: first }).vpcId;
      this.subnetIds = [...props.subnetIds];
      this.firstSubnetId = first;
    }
  }
}

import { SecurityGroup as SecurityGroupResource } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

export interface SecurityGroupProps {
  readonly securityGroupName: string;
  readonly description: string;
  readonly vpcId: string;
}

/** A security group that lets nothing in and nothing out until a rule says so. */
export class SecurityGroup extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    this.id = new SecurityGroupResource(this, "Resource", {
      name: props.securityGroupName,
      description: props.description,
      vpcId: props.vpcId,
      // Terraform removes AWS's own rule, which lets everything out, only when told
      revokeRulesOnDelete: true,
    }).id;
  }

  allowFromCidr(cidr: string, port: number, description: string): void {
    this.ingress(`From${port}${cidr.replace(/\W/g, "x")}`, { cidrIpv4: cidr }, port, description);
  }

  /** Connections between two groups: out of the one, into the other. */
  allowFrom(client: SecurityGroup, port: number, description: string): void {
    this.ingress(`From${port}`, { referencedSecurityGroupId: client.id }, port, description);
    client.egress(`To${port}`, { referencedSecurityGroupId: this.id }, port, description);
  }

  allowToInternet(port: number, description: string): void {
    this.egress(`ToInternet${port}`, { cidrIpv4: "0.0.0.0/0" }, port, description);
  }

  private ingress(id: string, peer: Peer, port: number, description: string): void {
    new VpcSecurityGroupIngressRule(this, id, { ...this.rule(port, description), ...peer });
  }

  private egress(id: string, peer: Peer, port: number, description: string): void {
    new VpcSecurityGroupEgressRule(this, id, { ...this.rule(port, description), ...peer });
  }

  private rule(port: number, description: string) {
    return { securityGroupId: this.id, ipProtocol: "tcp", fromPort: port, toPort: port, description };
  }
}

type Peer = { readonly cidrIpv4: string } | { readonly referencedSecurityGroupId: string };

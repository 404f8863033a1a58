import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";
import type { Grantee } from "../shared/role";

export interface VersionCounterProps {
  readonly parameterName: string;
}

/** Where a version's number is drawn from: Systems Manager numbers every write, and no two writes alike. */
export class VersionCounter extends Construct {
  readonly parameterName: string;
  private readonly arn: string;

  constructor(scope: Construct, id: string, props: VersionCounterProps) {
    super(scope, id);
    const parameter = new SsmParameter(this, "Resource", {
      name: props.parameterName,
      description:
        "The execution that drew the last version; the parameter's own version is the number drawn",
      type: "String",
      value: "none",
      lifecycle: { ignoreChanges: ["value"] },
    });
    acceptFindings(parameter, { CKV2_AWS_34: "it holds the id of an execution, no secret" });
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
  }

  /** PutParameter draws; the history tells a job that was delivered twice what it drew the first time. */
  grantDraw(grantee: Grantee): void {
    grantee.allow({
      actions: ["ssm:PutParameter", "ssm:GetParameterHistory"],
      resources: [this.arn],
    });
  }
}

import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import { ServiceError } from "../api/service-error";
import type { RoleCredentials } from "../cloud";
import type { EmulatorBackdoor } from "../emulator/backdoor";

/** Gives the services that the gateway stands for the credentials of roles that trust them. */
export class ServiceSessions {
  constructor(
    private readonly iam: IAMClient,
    private readonly emulator: EmulatorBackdoor,
    private readonly accountId: string,
  ) {}

  /** @throws ServiceError AccessDenied when the role does not exist or does not trust the service */
  async assume(roleArn: string, servicePrincipal: string, sessionName: string): Promise<RoleCredentials> {
    const roleName = roleArn.split("/").at(-1)!;
    const trust = await this.trustPolicy(roleArn, roleName);
    const answer = await runSimulation(
      {
        request: {
          principal: servicePrincipal,
          action: "sts:AssumeRole",
          resource: { resource: roleArn, accountId: this.accountId },
          contextVariables: { "aws:SourceAccount": this.accountId },
        },
        identityPolicies: [],
        resourcePolicy: trust,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    if (answer.resultType === "error")
      throw new Error(`trust policy of ${roleArn}: ${JSON.stringify(answer.errors)}`);
    if (answer.overallResult !== "Allowed")
      throw new ServiceError(
        "AccessDenied",
        `${servicePrincipal} is not authorized to assume role ${roleArn}`,
        403,
      );
    const session = sessionName.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
    return this.emulator.session(roleName, session);
  }

  private async trustPolicy(roleArn: string, roleName: string): Promise<object> {
    try {
      const { Role } = await this.iam.send(new GetRoleCommand({ RoleName: roleName }));
      return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as object;
    } catch (error) {
      throw new ServiceError(
        "AccessDenied",
        `Role ${roleArn} can't be assumed: ${(error as Error).message}`,
        403,
      );
    }
  }
}

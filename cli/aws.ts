import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Configuration } from "../config/configuration";
import { UserError } from "./user-error";

/** Options of every client that a command uses; credentials and endpoint come from where the AWS CLI has them. */
export function clientOptions({ region }: Pick<Configuration, "region">): { readonly region: string } {
  return { region };
}

/** @throws UserError when the credentials belong to another account than the configured one */
export async function checkAccount(
  { accountId, region }: Pick<Configuration, "accountId" | "region">,
  sts = new STSClient(clientOptions({ region })),
): Promise<void> {
  const { Account: actual } = await sts.send(new GetCallerIdentityCommand({}));
  if (actual === accountId) return;
  throw new UserError(
    `these credentials belong to account "${actual}"; allowed: "${accountId}", the accountId of the configuration`,
  );
}

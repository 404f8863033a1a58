import type { RoleCredentials } from "../cloud";

/**
 * Credentials as a program on an instance gets them, from the metadata service at its address, version 2.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 * @returns undefined for an instance without a role
 */
export async function roleCredentials(metadataEndpoint: string): Promise<RoleCredentials | undefined> {
  const latest = `${metadataEndpoint}/latest`;
  const issued = await fetch(`${latest}/api/token`, {
    method: "PUT",
    headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
  });
  const headers = { "x-aws-ec2-metadata-token": await issued.text() };
  const get = async (path: string): Promise<string | undefined> => {
    const answer = await fetch(`${latest}/meta-data/${path}`, { headers });
    return answer.ok ? answer.text() : undefined;
  };
  const role = await get("iam/security-credentials/");
  const document = role && (await get(`iam/security-credentials/${role}`));
  if (!document) return undefined;
  const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(document) as Record<string, string>;
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: Token! };
}

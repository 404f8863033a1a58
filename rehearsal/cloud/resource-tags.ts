import { DescribeTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";

/** The tags of an EC2 resource, as condition keys of a decision about it. */
export async function resourceTags(ec2: EC2Client, resourceId: string): Promise<Record<string, string>> {
  const filters = [{ Name: "resource-id", Values: [resourceId] }];
  const { Tags } = await ec2.send(new DescribeTagsCommand({ Filters: filters }));
  return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value ?? ""]));
}

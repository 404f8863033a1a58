import type { Cloud, RoleCredentials } from "../cloud";
import type { ExecutionRecord } from "./records";

/** Credentials of an action's or a rule's own role, assumed by the pipeline's; of the pipeline's where it has none. */
export async function credentialsFor(
  cloud: Cloud,
  execution: ExecutionRecord,
  roleArn: string | undefined,
): Promise<{ credentials: RoleCredentials; roleArn: string }> {
  const pipelineRole = execution.declaration.roleArn!;
  const ofPipeline = await cloud.assumeRole(pipelineRole, "codepipeline.amazonaws.com", execution.id);
  if (!roleArn) return { credentials: ofPipeline, roleArn: pipelineRole };
  return { credentials: await cloud.assumeRoleAs(ofPipeline, roleArn, execution.id), roleArn };
}

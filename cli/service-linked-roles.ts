import { CreateServiceLinkedRoleCommand, GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";

/**
 * Roles that an account has once, for all that use the service. They are made where they are missing and belong to no
 * stack: destroying one with a pipeline would stop every other user of the service in the account.
 */
const roles = [
  { name: "AWSServiceRoleForImageBuilder", service: "imagebuilder.amazonaws.com" },
  { name: "AWSServiceRoleForAutoScaling", service: "autoscaling.amazonaws.com" },
] as const;

/** Answers the names of the roles that it made. */
export async function ensureServiceLinkedRoles(iam: IAMClient): Promise<string[]> {
  const made: string[] = [];
  for (const { name, service } of roles) {
    if (await exists(iam, name)) continue;
    if (await create(iam, service)) made.push(name);
  }
  return made;
}

async function exists(iam: IAMClient, name: string): Promise<boolean> {
  try {
    await iam.send(new GetRoleCommand({ RoleName: name }));
    return true;
  } catch (error) {
    if (isNamed(error, "NoSuchEntityException")) return false;
    throw error;
  }
}

/** False when it is there after all: made in the meantime, which IAM reports as invalid input and others as what it is. */
async function create(iam: IAMClient, service: string): Promise<boolean> {
  try {
    await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service }));
    return true;
  } catch (error) {
    if (isNamed(error, "EntityAlreadyExistsException")) return false;
    if (isNamed(error, "InvalidInputException") && /has been taken/.test(error.message)) return false;
    throw error;
  }
}

function isNamed(error: unknown, ...names: string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

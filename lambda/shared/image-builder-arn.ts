import { configurationError } from "./action-failure";

/** A resource of Image Builder in the account and region of another one. */
export function siblingArn(
  arn: string,
  type: "component" | "image-recipe",
  name: string,
  version: string,
): string {
  const [, scope] = /^(arn:[^:]+:imagebuilder:[^:]+:\d{12}):/.exec(arn) ?? [];
  if (scope === undefined) throw configurationError(`"${arn}" is no ARN of Image Builder`);
  return `${scope}:${type}/${arnName(name)}/${version}`;
}

/** Image Builder's ARNs hold names in lower case, with hyphens for spaces. */
export function arnName(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}

/** The same resource, whatever case its name was given in. */
export function isSameArn(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

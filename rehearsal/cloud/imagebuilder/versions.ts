import { versionParts } from "./arns";

/** Orders `1.10.0` after `1.9.0`. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left.split(/[./]/).map(Number), right.split(/[./]/).map(Number)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The newest resource that an ARN means: `x` stands for any number, and without a build the newest one is meant.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/ibhow-semantic-versioning.html
 */
export function newest<T extends { readonly arn: string }>(
  resources: Iterable<T>,
  arn: string,
): T | undefined {
  const wanted = versionParts(arn);
  const pattern = versionPattern(wanted.version);
  return [...resources]
    .filter((resource) => {
      const { base, version, build } = versionParts(resource.arn);
      return (
        base === wanted.base &&
        pattern.test(version) &&
        (wanted.build === undefined || build === wanted.build)
      );
    })
    .sort((left, right) => compareVersions(order(left.arn), order(right.arn)))
    .at(-1);
}

/** What a version may be, where `x` stands for any number. */
export const versionPattern = (version: string): RegExp =>
  new RegExp(`^${version.replaceAll(".", "\\.").replaceAll("x", "\\d+")}$`);

/** `1.2.x` becomes the number after the highest patch of 1.2 that is taken. */
export function nextVersion(wanted: string, taken: readonly string[]): string {
  const parts = wanted.split(".");
  const wild = parts.indexOf("x");
  if (wild < 0) return wanted;
  const prefix = parts.slice(0, wild);
  const numbers = taken.filter((each) => prefix.every((part, index) => each.split(".")[index] === part));
  const highest = [...numbers].sort(compareVersions).at(-1)?.split(".").map(Number);
  const first = [...prefix.map(Number), ...parts.slice(wild).map(() => 0)];
  if (!highest) return first.every((part) => part === 0) ? "0.0.1" : first.join(".");
  const last = parts.length - 1;
  return highest.map((part, index) => (index === last ? part + 1 : part)).join(".");
}

const order = (arn: string): string => {
  const { version, build } = versionParts(arn);
  return `${version}/${build ?? 0}`;
};

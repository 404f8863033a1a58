/** Stands for the ARN of a base image where none is baked: every release is then baked from the parent image. */
export const noBaseImage = "none";

/** What the names of base components and base recipes end with: the first digits of their content's SHA-256. */
const digestDigits = 8;

export function baseName(prefix: string, contentSha256: string): string {
  return `${prefix}-${contentSha256.slice(0, digestDigits)}`;
}

/** Whether a name was made by `baseName`, whatever the content: applications may have names that begin alike. */
export function isBaseName(prefix: string, name: string): boolean {
  const digest = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : "";
  return digest.length === digestDigits && /^[0-9a-f]+$/.test(digest);
}

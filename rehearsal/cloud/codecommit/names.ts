import { ServiceError } from "../api/service-error";

/** @throws ServiceError InvalidBranchNameException. https://git-scm.com/docs/git-check-ref-format */
export function checkBranchName(name: string): void {
  const wrong =
    name.startsWith("refs/") ||
    name.startsWith("-") ||
    /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|^@$/u.test(name) ||
    /^[0-9a-f]{40}$/.test(name) ||
    name.split("/").some((part) => part.startsWith(".") || part.endsWith(".lock"));
  if (wrong) throw new ServiceError("InvalidBranchNameException", `The branch name ${name} is not valid`);
}

/** A path inside a repository. @throws ServiceError PathRequiredException, InvalidPathException */
export function checkPath(path: string): string {
  if (path === "") throw new ServiceError("PathRequiredException", "The path of the file is required");
  const wrong =
    path.includes("\0") ||
    path.split("/").some((part) => ["", ".", ".."].includes(part) || part.toLowerCase() === ".git");
  if (wrong) throw new ServiceError("InvalidPathException", `The path ${path} is not valid`);
  return path;
}

const isId = (id: string): boolean => /^[0-9a-f]{40}$/.test(id);

/** @throws ServiceError with `code` when the id is not a full one */
export function checkId(id: string, code: string): void {
  if (!isId(id)) throw new ServiceError(code, `${id} is not a valid id: 40 hexadecimal digits are expected`);
}

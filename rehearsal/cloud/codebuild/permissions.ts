import type { Permission } from "../api/service";
import type { ProjectStore } from "./project-store";

/** What a call on a project must be allowed to do; builds have no resource of their own. */
export function onProject(store: ProjectStore, operation: string, nameOrArn: string): Permission[] {
  const tags = store.find(nameOrArn)?.project.tags ?? [];
  return [
    {
      action: `codebuild:${operation}`,
      resource: nameOrArn.startsWith("arn:") ? nameOrArn : store.arnOf(nameOrArn),
      context: Object.fromEntries(tags.map(({ key, value }) => [`aws:ResourceTag/${key}`, value ?? ""])),
    },
  ];
}

/** The project of a build's id or ARN. */
export const projectOfBuild = (idOrArn: string): string =>
  (idOrArn.startsWith("arn:") ? idOrArn.slice(idOrArn.indexOf("/") + 1) : idOrArn).split(":")[0]!;

/** Tags that a release carries on its AMI, instances and volumes: where it comes from, in the sample's words. */
export const releaseTags = [
  "Application",
  "Name",
  "Version",
  "RepositoryName",
  "BranchName",
  "CommitId",
  "CommitMessage",
  "AuthorDate",
  "CommitterDate",
  "ArtifactSha256",
] as const;

export type ReleaseTags = Readonly<Record<(typeof releaseTags)[number], string>>;

/** Tag that says which environment an instance, a group or a launch template belongs to. */
export const environmentTag = "Environment";
/** Tag that everything of one pipeline carries; clean-up and permissions select by it. */
export const applicationTag = "Application";

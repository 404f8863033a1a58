import { ServiceError } from "../api/service-error";
import type { RepositoryRecord } from "./store";

/** The tree of a commit as a zip, as CodePipeline's CODE_ZIP: files with their modes, without .git. */
export async function archive(repository: RepositoryRecord, commitId: string): Promise<Buffer> {
  if (!(await repository.bare.commit(commitId)))
    throw new ServiceError(
      "CommitDoesNotExistException",
      `Commit ${commitId} does not exist in ${repository.name}`,
    );
  return repository.bare.archive(commitId);
}

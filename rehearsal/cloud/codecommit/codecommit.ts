import { setMaxListeners } from "node:events";
import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import { gitOverHttp, type HandleGit } from "./git-http";
import { branchOperations } from "./operations/branches";
import { commitOperations } from "./operations/commits";
import { fileOperations } from "./operations/files";
import { repositoryOperations } from "./operations/repositories";
import { tagOperations } from "./operations/tags";
import { triggerOperations } from "./operations/triggers";
import { ReferenceChanges } from "./reference-changes";
import { type SourceRepositories, sourceRepositories } from "./source-repositories";
import { RepositoryStore } from "./store";
import { Triggers } from "./triggers";

export interface CodeCommitPart extends CloudPart, SourceRepositories {
  /** For every request below /v1/repos/, once its caller is known. */
  readonly handleGit: HandleGit;
}

/** CodeCommit over real git repositories, by its API and by git itself. */
export function codeCommit(cloud: Cloud, model: ApiModel): CodeCommitPart {
  setMaxListeners(0, cloud.signal); // one for each process that runs
  const store = new RepositoryStore(cloud);
  const triggers = new Triggers(cloud, store);
  const references = new ReferenceChanges(cloud, store, triggers);
  return {
    services: [
      {
        name: "codecommit",
        model,
        operations: {
          ...repositoryOperations(cloud, store),
          ...tagOperations(store),
          ...branchOperations(store, references),
          ...commitOperations(store, references),
          ...fileOperations(store),
          ...triggerOperations(store, triggers, cloud.region),
        },
      },
    ],
    ...sourceRepositories(store, cloud.signal),
    handleGit: gitOverHttp(store, references, cloud.signal),
  };
}

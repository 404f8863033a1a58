import type { Caller } from "../api/service";
import type { Cloud } from "../cloud";
import type { References } from "./bare-repository";
import type { RepositoryRecord, RepositoryStore } from "./store";
import type { ReferenceChange, Triggers } from "./triggers";

type ReferenceEvent = "referenceCreated" | "referenceUpdated" | "referenceDeleted";

const triggerEvents = {
  referenceCreated: "createReference",
  referenceUpdated: "updateReference",
  referenceDeleted: "deleteReference",
} as const;

/** Tells the rest of the cloud which branches and tags a caller moved. */
export class ReferenceChanges {
  constructor(
    private readonly cloud: Cloud,
    private readonly store: RepositoryStore,
    private readonly triggers: Triggers,
  ) {}

  /**
   * Runs a change of references alone, then sends one event for each that moved.
   * https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
   */
  watch<T>(repository: RepositoryRecord, caller: Caller, change: () => Promise<T>): Promise<T> {
    return repository.exclusively(async () => {
      const before = await repository.bare.references();
      try {
        return await change();
      } finally {
        await this.announce(repository, caller, before, await repository.bare.references());
      }
    });
  }

  private async announce(
    repository: RepositoryRecord,
    caller: Caller,
    before: References,
    after: References,
  ): Promise<void> {
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (name) => before.get(name) !== after.get(name),
    );
    const told: ReferenceChange[] = [];
    for (const name of changed) {
      const [oldCommitId, commitId] = [before.get(name), after.get(name)];
      const event = !oldCommitId ? "referenceCreated" : !commitId ? "referenceDeleted" : "referenceUpdated";
      // the first branch of a repository becomes its default
      if (event === "referenceCreated" && name.startsWith("refs/heads/") && !repository.defaultBranch) {
        repository.defaultBranch = name.slice("refs/heads/".length);
        await repository.bare.pointHead(repository.defaultBranch);
      }
      this.send(repository, caller, event, name, oldCommitId, commitId);
      told.push({ event: triggerEvents[event], ref: name, commit: (commitId ?? oldCommitId)! });
    }
    if (changed.length > 0) repository.modified = new Date();
    this.triggers.fire(repository, caller, told);
  }

  private send(
    repository: RepositoryRecord,
    caller: Caller,
    event: ReferenceEvent,
    referenceFullName: string,
    oldCommitId: string | undefined,
    commitId: string | undefined,
  ): void {
    const [, kind, ...rest] = referenceFullName.split("/");
    if (kind !== "heads" && kind !== "tags") return;
    this.cloud.emit({
      source: "aws.codecommit",
      detailType: "CodeCommit Repository State Change",
      resources: [this.store.arnOf(repository.name)],
      detail: {
        callerUserArn: caller.arn,
        ...(commitId ? { commitId } : {}),
        event,
        ...(oldCommitId ? { oldCommitId } : {}),
        referenceFullName,
        referenceName: rest.join("/"),
        referenceType: kind === "heads" ? "branch" : "tag",
        repositoryId: repository.id,
        repositoryName: repository.name,
      },
    });
  }
}

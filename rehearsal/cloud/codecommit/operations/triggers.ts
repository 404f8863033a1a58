import { randomUUID } from "node:crypto";
import type {
  GetRepositoryTriggersInput,
  GetRepositoryTriggersOutput,
  PutRepositoryTriggersInput,
  PutRepositoryTriggersOutput,
  TestRepositoryTriggersInput,
  TestRepositoryTriggersOutput,
} from "@aws-sdk/client-codecommit";
import type { Operation } from "../../api/service";
import { onRepository } from "../permissions";
import type { RepositoryStore } from "../store";
import { checkTriggers, type Triggers } from "../triggers";

/** Whom a repository tells of its changes. */
export function triggerOperations(store: RepositoryStore, triggers: Triggers, region: string) {
  const putRepositoryTriggers: Operation<PutRepositoryTriggersInput, PutRepositoryTriggersOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "PutRepositoryTriggers", repositoryName!),
    run({ repositoryName, triggers: given }) {
      const repository = store.get(repositoryName!);
      checkTriggers(given!, region);
      const configurationId = randomUUID();
      repository.triggers = {
        configurationId,
        triggers: given!.map((trigger) => ({ ...trigger, branches: trigger.branches ?? [] })),
      };
      return { configurationId };
    },
  };
  const getRepositoryTriggers: Operation<GetRepositoryTriggersInput, GetRepositoryTriggersOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "GetRepositoryTriggers", repositoryName!),
    run({ repositoryName }) {
      const configuration = store.get(repositoryName!).triggers;
      return {
        configurationId: configuration?.configurationId,
        triggers: [...(configuration?.triggers ?? [])],
      };
    },
  };
  const testRepositoryTriggers: Operation<TestRepositoryTriggersInput, TestRepositoryTriggersOutput> = {
    permissions: ({ repositoryName }) => onRepository(store, "TestRepositoryTriggers", repositoryName!),
    async run({ repositoryName, triggers: given }, { caller }) {
      const repository = store.get(repositoryName!);
      checkTriggers(given!, region);
      const results = await Promise.all(
        given!.map(async (trigger) => ({
          name: trigger.name!,
          failure: await triggers.test(repository, caller, trigger),
        })),
      );
      return {
        successfulExecutions: results.filter(({ failure }) => !failure).map(({ name }) => name),
        failedExecutions: results
          .filter(({ failure }) => failure)
          .map(({ name, failure }) => ({ trigger: name, failureMessage: failure })),
      };
    },
  };
  return {
    PutRepositoryTriggers: putRepositoryTriggers,
    GetRepositoryTriggers: getRepositoryTriggers,
    TestRepositoryTriggers: testRepositoryTriggers,
  };
}

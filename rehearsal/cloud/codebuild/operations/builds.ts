import type {
  BatchDeleteBuildsInput,
  BatchDeleteBuildsOutput,
  BatchGetBuildsInput,
  BatchGetBuildsOutput,
  ListBuildsForProjectInput,
  ListBuildsForProjectOutput,
  ListBuildsInput,
  ListBuildsOutput,
  RetryBuildInput,
  RetryBuildOutput,
  StartBuildInput,
  StartBuildOutput,
  StopBuildInput,
  StopBuildOutput,
} from "@aws-sdk/client-codebuild";
import { page } from "../../api/page";
import type { Caller, Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import { buildSettings } from "../build-settings";
import type { BuildStore } from "../build-store";
import { buildView } from "../build-view";
import { onProject, projectOfBuild } from "../permissions";
import type { ProjectStore } from "../project-store";
import type { BuildRecord } from "../records";

const pageSize = 100;
const tokenLifeMilliseconds = 5 * 60_000;

/** Starting, stopping and reading builds. */
export function buildOperations(cloud: Cloud, projects: ProjectStore, builds: BuildStore) {
  const started = new Map<string, { build: BuildRecord; request: string; until: number }>();
  const once = (token: string | undefined, request: string, start: () => BuildRecord): BuildRecord => {
    if (!token) return start();
    const known = started.get(token);
    if (known && known.until > Date.now()) {
      if (known.request === request) return known.build;
      throw new ServiceError(
        "InvalidInputException",
        "The idempotency token was used for a request that differed",
      );
    }
    const build = start();
    started.set(token, { build, request, until: Date.now() + tokenLifeMilliseconds });
    return build;
  };
  const view = (build: BuildRecord) => ({ build: buildView(cloud, build) });
  const onBuild =
    (operation: string) =>
    ({ id }: { id?: string | undefined }) =>
      onProject(projects, operation, projectOfBuild(id ?? ""));

  const startBuild: Operation<StartBuildInput, StartBuildOutput> = {
    permissions: ({ projectName }) => onProject(projects, "StartBuild", projectName!),
    run(input, { caller }) {
      const project = projects.get(input.projectName!);
      const build = once(input.idempotencyToken, JSON.stringify(input), () =>
        builds.start(project, buildSettings(project.project, input, undefined), initiatorOf(caller)),
      );
      return view(build);
    },
  };
  const retryBuild: Operation<RetryBuildInput, RetryBuildOutput> = {
    permissions: onBuild("RetryBuild"),
    run({ id, idempotencyToken }, { caller }) {
      if (!id) throw new ServiceError("InvalidInputException", "The id of a build is required");
      const before = builds.get(id);
      if (before.settings.pipeline)
        throw new ServiceError("InvalidInputException", `Build ${id} belongs to a pipeline: retry its stage`);
      const project = projects.get(before.project.project.name!);
      const build = once(idempotencyToken, `retry ${id}`, () =>
        builds.start(
          project,
          { ...before.settings, logsConfig: project.project.logsConfig ?? {} },
          initiatorOf(caller),
        ),
      );
      return view(build);
    },
  };
  const stopBuild: Operation<StopBuildInput, StopBuildOutput> = {
    permissions: onBuild("StopBuild"),
    async run({ id }) {
      const build = builds.get(id!);
      if (build.status === "IN_PROGRESS") build.ended.abort("STOPPED");
      await build.finished;
      return view(build);
    },
  };
  const batchGetBuilds: Operation<BatchGetBuildsInput, BatchGetBuildsOutput> = {
    permissions: ({ ids }) =>
      [...new Set(ids!.map(projectOfBuild))].flatMap((name) => onProject(projects, "BatchGetBuilds", name)),
    run: ({ ids }) => ({
      builds: ids!.flatMap((id) => builds.find(id) ?? []).map((build) => buildView(cloud, build)),
      buildsNotFound: ids!.filter((id) => !builds.find(id)),
    }),
  };
  const batchDeleteBuilds: Operation<BatchDeleteBuildsInput, BatchDeleteBuildsOutput> = {
    permissions: ({ ids }) =>
      [...new Set(ids!.map(projectOfBuild))].flatMap((name) =>
        onProject(projects, "BatchDeleteBuilds", name),
      ),
    run({ ids }) {
      const found = ids!.flatMap((id) => builds.find(id) ?? []);
      const complete = found.filter(({ status }) => status !== "IN_PROGRESS");
      for (const build of complete) builds.delete(build);
      return {
        buildsDeleted: complete.map(({ arn }) => arn),
        buildsNotDeleted: found
          .filter((build) => !complete.includes(build))
          .map(({ arn }) => ({ id: arn, statusCode: "BUILD_IN_PROGRESS" })),
      };
    },
  };
  const list = (all: BuildRecord[], order: string | undefined, nextToken: string | undefined) => {
    const sorted = order === "ASCENDING" ? all.reverse() : all;
    const { items, next } = page(sorted, nextToken, pageSize, "InvalidInputException");
    return { ids: items.map(({ id }) => id), nextToken: next };
  };
  const listBuilds: Operation<ListBuildsInput, ListBuildsOutput> = {
    permissions: () => [{ action: "codebuild:ListBuilds", resource: "*" }],
    run: ({ sortOrder, nextToken }) => list(builds.all(), sortOrder, nextToken),
  };
  const listBuildsForProject: Operation<ListBuildsForProjectInput, ListBuildsForProjectOutput> = {
    permissions: ({ projectName }) => onProject(projects, "ListBuildsForProject", projectName!),
    run({ projectName, sortOrder, nextToken }) {
      const { name } = projects.get(projectName!).project;
      const own = builds.all().filter(({ project }) => project.project.name === name);
      return list(own, sortOrder, nextToken);
    },
  };
  return {
    StartBuild: startBuild,
    RetryBuild: retryBuild,
    StopBuild: stopBuild,
    BatchGetBuilds: batchGetBuilds,
    BatchDeleteBuilds: batchDeleteBuilds,
    ListBuilds: listBuilds,
    ListBuildsForProject: listBuildsForProject,
  };
}

/** `user/name` or `role/session`, as the service names who started a build. */
function initiatorOf({ arn }: Caller): string {
  return arn.slice(arn.lastIndexOf(":") + 1).replace(/^(?:user|assumed-role)\//, "");
}

import type {
  BatchGetProjectsInput,
  BatchGetProjectsOutput,
  CreateProjectInput,
  CreateProjectOutput,
  DeleteProjectInput,
  DeleteProjectOutput,
  InvalidateProjectCacheInput,
  InvalidateProjectCacheOutput,
  ListProjectsInput,
  ListProjectsOutput,
  Tag,
  UpdateProjectInput,
  UpdateProjectOutput,
  UpdateProjectVisibilityInput,
  UpdateProjectVisibilityOutput,
} from "@aws-sdk/client-codebuild";
import { randomUUID } from "node:crypto";
import { page } from "../../api/page";
import type { Operation, Permission } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import { onProject } from "../permissions";
import type { ProjectStore } from "../project-store";

const pageSize = 100;

/** Creating, reading and changing projects. */
export function projectOperations(cloud: Cloud, store: ProjectStore) {
  const withPassRole = (
    operation: string,
    name: string,
    role: string | undefined,
    tags: Tag[],
  ): Permission[] => [
    ...onProject(store, operation, name).map((permission) => ({
      ...permission,
      context: { ...permission.context, ...requestTags(tags) },
    })),
    ...(role
      ? [
          {
            action: "iam:PassRole",
            resource: role,
            context: { "iam:PassedToService": "codebuild.amazonaws.com" },
          },
        ]
      : []),
  ];
  const checkRole = async (role: string | undefined): Promise<void> => {
    if (!role) return;
    try {
      await cloud.assumeRole(role, "codebuild.amazonaws.com", "AWSCodeBuild-validation");
    } catch {
      throw new ServiceError(
        "InvalidInputException",
        `CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that: 1) The provided ` +
          `service role exists, 2) The role name is case-sensitive and matches exactly, and 3) The role has the ` +
          `necessary trust policy configured`,
      );
    }
  };

  const createProject: Operation<CreateProjectInput, CreateProjectOutput> = {
    permissions: ({ name, serviceRole, tags }) =>
      withPassRole("CreateProject", name!, serviceRole, tags ?? []),
    async run(input) {
      await checkRole(input.serviceRole);
      return { project: store.create(input) };
    },
  };
  const updateProject: Operation<UpdateProjectInput, UpdateProjectOutput> = {
    permissions: ({ name, serviceRole, tags }) =>
      withPassRole("UpdateProject", name!, serviceRole, tags ?? []),
    async run(input) {
      store.get(input.name!);
      await checkRole(input.serviceRole);
      return { project: store.update(input) };
    },
  };
  const batchGetProjects: Operation<BatchGetProjectsInput, BatchGetProjectsOutput> = {
    permissions: ({ names }) => names!.flatMap((name) => onProject(store, "BatchGetProjects", name)),
    run: ({ names }) => ({
      projects: names!.flatMap((name) => store.find(name)?.project ?? []),
      projectsNotFound: names!.filter((name) => !store.find(name)),
    }),
  };
  const deleteProject: Operation<DeleteProjectInput, DeleteProjectOutput> = {
    permissions: ({ name }) => onProject(store, "DeleteProject", name!),
    run({ name }) {
      store.delete(name!);
      return {};
    },
  };
  const listProjects: Operation<ListProjectsInput, ListProjectsOutput> = {
    permissions: () => [{ action: "codebuild:ListProjects", resource: "*" }],
    run({ sortBy, sortOrder, nextToken }) {
      const key = { NAME: "name", CREATED_TIME: "created", LAST_MODIFIED_TIME: "lastModified" } as const;
      const by = key[sortBy ?? "NAME"];
      const projects = store.all().map(({ project }) => project);
      projects.sort((a, b) => (a[by]! < b[by]! ? -1 : 1));
      if (sortOrder === "DESCENDING") projects.reverse();
      const { items, next } = page(projects, nextToken, pageSize, "InvalidInputException");
      return { projects: items.map(({ name }) => name!), nextToken: next };
    },
  };
  const invalidateProjectCache: Operation<InvalidateProjectCacheInput, InvalidateProjectCacheOutput> = {
    permissions: ({ projectName }) => onProject(store, "InvalidateProjectCache", projectName!),
    run({ projectName }) {
      store.get(projectName!).cacheId = randomUUID();
      return {};
    },
  };
  const updateProjectVisibility: Operation<UpdateProjectVisibilityInput, UpdateProjectVisibilityOutput> = {
    permissions: ({ projectArn }) => onProject(store, "UpdateProjectVisibility", projectArn!),
    run({ projectArn, projectVisibility, resourceAccessRole }) {
      const record = store.get(projectArn!);
      const publicProjectAlias = projectVisibility === "PUBLIC_READ" ? randomUUID() : undefined;
      record.project = { ...record.project, projectVisibility, resourceAccessRole, publicProjectAlias };
      return { projectArn, projectVisibility, publicProjectAlias };
    },
  };
  return {
    CreateProject: createProject,
    UpdateProject: updateProject,
    BatchGetProjects: batchGetProjects,
    DeleteProject: deleteProject,
    ListProjects: listProjects,
    InvalidateProjectCache: invalidateProjectCache,
    UpdateProjectVisibility: updateProjectVisibility,
  };
}

function requestTags(tags: readonly Tag[]): Record<string, string | string[]> {
  if (tags.length === 0) return {};
  return {
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value ?? ""])),
    "aws:TagKeys": tags.map(({ key }) => key!),
  };
}

import type {
  CreateWorkflowRequest,
  CreateWorkflowResponse,
  DeleteWorkflowRequest,
  DeleteWorkflowResponse,
  GetWorkflowRequest,
  GetWorkflowResponse,
  ListWorkflowBuildVersionsRequest,
  ListWorkflowBuildVersionsResponse,
  ListWorkflowsRequest,
  ListWorkflowsResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { versionParts } from "../arns";
import { documentSource, endDryRun, parsed, sourcePermissions } from "../document-source";
import { listed, ownedBySelf } from "../listing";
import { creating, reading } from "../permissions";
import type { ServiceContext } from "../service-context";
import type { WorkflowRecord } from "../store";
import { compareVersions, versionPattern } from "../versions";
import { parseWorkflow } from "../workflows/parse-workflow";
import type { ParameterValue } from "../workflows/workflow-document";

export function workflowOperations({ cloud, store, arns, tokens }: ServiceContext) {
  /** Builds of the version that a request is about, the oldest first. */
  const buildsOf = ({ type, name, semanticVersion }: CreateWorkflowRequest): WorkflowRecord[] => {
    const prefix = `${arns.workflow(type!, name!, semanticVersion!)}/`;
    return store.workflows.all().filter(({ arn }) => arn.startsWith(prefix));
  };
  const nextArn = (input: CreateWorkflowRequest): string => {
    const builds = buildsOf(input).map(({ arn }) => Number(versionParts(arn).build));
    return arns.workflow(input.type!, input.name!, input.semanticVersion!, Math.max(0, ...builds) + 1);
  };

  const create: Operation<CreateWorkflowRequest, CreateWorkflowResponse> = {
    permissions: (input) => [
      ...creating("CreateWorkflow", nextArn(input), input.tags),
      ...sourcePermissions(input),
    ],
    run: (input) =>
      tokens.once("CreateWorkflow", input, async () => {
        const { name, semanticVersion, type, description, changeDescription, kmsKeyId, tags } = input;
        const data = await documentSource(cloud, input);
        const document = parsed(() => parseWorkflow(data, type!), input);
        const latest = buildsOf(input).at(-1);
        if (latest?.data === data && latest.description === description && latest.kmsKeyId === kmsKeyId)
          throw new ServiceError(
            "InvalidRequestException",
            `The following resource 'Workflow' already exists: '${latest.arn}'.`,
          );
        endDryRun(input);
        const { arn } = store.workflows.add({
          arn: nextArn(input),
          name: name!,
          version: semanticVersion,
          type: type!,
          description,
          changeDescription,
          owner: cloud.accountId,
          data,
          kmsKeyId,
          dateCreated: new Date().toISOString(),
          parameters: document.parameters.map((parameter) => ({
            name: parameter.name,
            type: parameter.type,
            defaultValue: parameter.default === undefined ? undefined : texts(parameter.default),
            description: parameter.description,
          })),
          tags: { ...tags },
          document,
        });
        return { clientToken: input.clientToken, workflowBuildVersionArn: arn };
      }),
  };

  const get: Operation<GetWorkflowRequest, GetWorkflowResponse> = {
    permissions: ({ workflowBuildVersionArn: arn }) => reading("GetWorkflow", store.workflow(arn!).arn),
    run: ({ workflowBuildVersionArn: arn }) => ({ workflow: store.workflow(arn!) }),
  };

  const remove: Operation<DeleteWorkflowRequest, DeleteWorkflowResponse> = {
    permissions: ({ workflowBuildVersionArn: arn }) => reading("DeleteWorkflow", arn!),
    run({ workflowBuildVersionArn: arn }) {
      const used = store.pipelines
        .all()
        .some(({ workflows }) => workflows?.some(({ workflowArn }) => workflowArn === arn));
      store.workflows.remove(arn!, used);
      return { workflowBuildVersionArn: arn };
    },
  };

  const list: Operation<ListWorkflowsRequest, ListWorkflowsResponse> = {
    permissions: () => reading("ListWorkflows", "*"),
    run(input) {
      if (input.owner === "Shared" || input.owner === "ThirdParty")
        throw new ServiceError(
          "InvalidRequestException",
          `Workflows can't be listed by the owner ${input.owner}.`,
        );
      const own = ownedBySelf(input.owner) ? store.workflows.all() : [];
      const managed = input.owner === "Amazon" ? store.managedWorkflows : [];
      const versions = new Map<string, WorkflowRecord>();
      for (const workflow of [...own, ...managed]) {
        const { base, version } = versionParts(workflow.arn);
        const key = input.byName ? base : `${base}/${version}`;
        const before = versions.get(key);
        if (!before || compareVersions(before.version!, version) <= 0)
          versions.set(key, { ...workflow, arn: `${base}/${version}` });
      }
      const { items, next } = listed([...versions.values()], input);
      return { workflowVersionList: items, nextToken: next };
    },
  };

  const listBuilds: Operation<ListWorkflowBuildVersionsRequest, ListWorkflowBuildVersionsResponse> = {
    permissions: ({ workflowVersionArn: arn }) =>
      reading("ListWorkflowBuildVersions", `${arn ?? `${arns.prefix}workflow/*`}/*`),
    run(input) {
      const wanted = input.workflowVersionArn && versionParts(input.workflowVersionArn);
      const builds = store.workflows.all().filter(({ arn }) => {
        const { base, version } = versionParts(arn);
        return !wanted || (base === wanted.base && versionPattern(wanted.version).test(version));
      });
      const { items, next } = listed(builds, input);
      return { workflowSummaryList: items, nextToken: next };
    },
  };

  return {
    CreateWorkflow: create,
    GetWorkflow: get,
    DeleteWorkflow: remove,
    ListWorkflows: list,
    ListWorkflowBuildVersions: listBuilds,
  };
}

const texts = (value: ParameterValue): string[] => (typeof value === "object" ? [...value] : [String(value)]);

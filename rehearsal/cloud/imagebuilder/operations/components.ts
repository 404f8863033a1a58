import type {
  CreateComponentRequest,
  CreateComponentResponse,
  DeleteComponentRequest,
  DeleteComponentResponse,
  GetComponentRequest,
  GetComponentResponse,
  ImportComponentRequest,
  ImportComponentResponse,
  ListComponentBuildVersionsRequest,
  ListComponentBuildVersionsResponse,
  ListComponentsRequest,
  ListComponentsResponse,
} from "@aws-sdk/client-imagebuilder";
import { stringify } from "yaml";
import type { Operation } from "../../api/service";
import { versionParts } from "../arns";
import { documentSource, endDryRun, parsed, sourcePermissions } from "../document-source";
import { listed, ownedBySelf } from "../listing";
import { creating, reading } from "../permissions";
import { invalidValue } from "../resources";
import { parseDocument } from "../runner/parse-document";
import type { ServiceContext } from "../service-context";
import type { ComponentRecord } from "../store";
import { compareVersions } from "../versions";

export function componentOperations({ cloud, store, arns, tokens }: ServiceContext) {
  /** The next build of a version: creating a version that exists makes another build of it. */
  const nextArn = (name: string, version: string): string => {
    const taken = store.components
      .all()
      .filter(({ arn }) => arn.startsWith(`${arns.component(name, version)}/`));
    const builds = taken.map(({ arn }) => Number(versionParts(arn).build));
    return arns.component(name, version, Math.max(0, ...builds) + 1);
  };

  /** Makes a build of a component of a document's text. */
  const add = (input: CreateComponentRequest, source: string): string => {
    const document = parsed(() => parseDocument(source), input);
    if (input.platform !== "Linux") throw invalidValue("platform", "Only Linux can be built here.");
    endDryRun(input);
    const { arn } = store.components.add({
      arn: nextArn(input.name!, input.semanticVersion!),
      name: input.name!,
      version: input.semanticVersion,
      description: input.description,
      changeDescription: input.changeDescription,
      type: document.phases.every(({ name }) => name === "test") ? "TEST" : "BUILD",
      platform: input.platform,
      supportedOsVersions: input.supportedOsVersions,
      state: { status: "ACTIVE" },
      parameters: document.parameters.map((parameter) => ({
        name: parameter.name,
        type: "string",
        defaultValue: parameter.default === undefined ? undefined : [parameter.default],
        description: parameter.description,
      })),
      owner: cloud.accountId,
      data: source,
      kmsKeyId: input.kmsKeyId,
      encrypted: true,
      dateCreated: new Date().toISOString(),
      tags: { ...input.tags },
      document,
    });
    return arn;
  };

  const createComponent: Operation<CreateComponentRequest, CreateComponentResponse> = {
    permissions: ({ name, semanticVersion, tags, uri }) => [
      ...creating("CreateComponent", nextArn(name!, semanticVersion!), tags),
      ...sourcePermissions({ uri }),
    ],
    run: (input) =>
      tokens.once("CreateComponent", input, async () => ({
        clientToken: input.clientToken,
        componentBuildVersionArn: add(input, await documentSource(cloud, input)),
      })),
  };

  const importComponent: Operation<ImportComponentRequest, ImportComponentResponse> = {
    permissions: ({ name, semanticVersion, tags, uri }) => [
      ...creating("ImportComponent", nextArn(name!, semanticVersion!), tags),
      ...sourcePermissions({ uri }),
    ],
    run: (input) =>
      tokens.once("ImportComponent", input, async () => {
        const document = wrapped(input, await documentSource(cloud, input));
        return { clientToken: input.clientToken, componentBuildVersionArn: add(input, document) };
      }),
  };

  const getComponent: Operation<GetComponentRequest, GetComponentResponse> = {
    permissions: ({ componentBuildVersionArn }) =>
      reading("GetComponent", store.component(componentBuildVersionArn!).arn),
    run: ({ componentBuildVersionArn }) => ({ component: store.component(componentBuildVersionArn!) }),
  };

  const deleteComponent: Operation<DeleteComponentRequest, DeleteComponentResponse> = {
    permissions: ({ componentBuildVersionArn }) => reading("DeleteComponent", componentBuildVersionArn!),
    run({ componentBuildVersionArn }) {
      const used = store.recipes
        .all()
        .some(({ components }) =>
          components?.some(({ componentArn }) => componentArn === componentBuildVersionArn),
        );
      store.components.remove(componentBuildVersionArn!, used);
      return { componentBuildVersionArn };
    },
  };

  const listComponents: Operation<ListComponentsRequest, ListComponentsResponse> = {
    permissions: () => reading("ListComponents", "*"),
    run(input) {
      const versions = new Map<string, ComponentRecord>();
      for (const component of ownedBySelf(input.owner) ? store.components.all() : []) {
        const arn = component.arn.replace(/\/\d+$/, "");
        const key = input.byName ? versionParts(arn).base : arn;
        const before = versions.get(key);
        if (!before || compareVersions(before.version!, component.version!) <= 0)
          versions.set(key, { ...component, arn });
      }
      const { items, next } = listed([...versions.values()], input);
      return { componentVersionList: items, nextToken: next };
    },
  };

  const listComponentBuildVersions: Operation<
    ListComponentBuildVersionsRequest,
    ListComponentBuildVersionsResponse
  > = {
    permissions: ({ componentVersionArn }) =>
      reading("ListComponentBuildVersions", `${componentVersionArn}/*`),
    run(input) {
      const builds = store.components
        .all()
        .filter(({ arn }) => arn.startsWith(`${input.componentVersionArn}/`));
      const { items, next } = listed(builds, input);
      return { componentSummaryList: items, nextToken: next };
    },
  };

  return {
    CreateComponent: createComponent,
    ImportComponent: importComponent,
    GetComponent: getComponent,
    DeleteComponent: deleteComponent,
    ListComponents: listComponents,
    ListComponentBuildVersions: listComponentBuildVersions,
  };
}

/** A shell script becomes a document with one step that runs it. */
function wrapped({ name, type }: ImportComponentRequest, script: string): string {
  const step = { name: "RunScript", action: "ExecuteBash", inputs: { commands: [script] } };
  const phase = { name: type === "TEST" ? "test" : "build", steps: [step] };
  return stringify({ name, schemaVersion: "1.0", phases: [phase] });
}

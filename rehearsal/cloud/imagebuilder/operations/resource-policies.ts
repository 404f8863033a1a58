import type {
  GetComponentPolicyRequest,
  GetComponentPolicyResponse,
  GetImagePolicyRequest,
  GetImagePolicyResponse,
  GetImageRecipePolicyRequest,
  GetImageRecipePolicyResponse,
  PutComponentPolicyRequest,
  PutComponentPolicyResponse,
  PutImagePolicyRequest,
  PutImagePolicyResponse,
  PutImageRecipePolicyRequest,
  PutImageRecipePolicyResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { reading } from "../permissions";
import { invalidValue, type Resource, type Resources } from "../resources";
import type { ServiceContext } from "../service-context";

/** What a resource without a policy answers with. */
const none = "{}";

/** Policies by which resources are shared with other accounts. They are kept and checked; no other account calls here. */
export function resourcePolicyOperations({ store }: ServiceContext) {
  // keyed by the resource itself: a policy goes with it
  const policies = new WeakMap<Resource, string>();
  const { components, images, recipes } = store;
  const get = <T extends Resource>(kind: Resources<T>, arn: string): string =>
    policies.get(kind.get(arn)) ?? none;
  const put = <T extends Resource>(kind: Resources<T>, arn: string, policy: string): void => {
    const resource = kind.get(arn);
    checkPolicy(policy, arn);
    policies.set(resource, policy);
  };

  const getComponentPolicy: Operation<GetComponentPolicyRequest, GetComponentPolicyResponse> = {
    permissions: ({ componentArn }) => reading("GetComponentPolicy", componentArn!),
    run: ({ componentArn }) => ({ policy: get(components, componentArn!) }),
  };
  const putComponentPolicy: Operation<PutComponentPolicyRequest, PutComponentPolicyResponse> = {
    permissions: ({ componentArn }) => reading("PutComponentPolicy", componentArn!),
    run({ componentArn, policy }) {
      put(components, componentArn!, policy!);
      return { componentArn };
    },
  };
  const getImagePolicy: Operation<GetImagePolicyRequest, GetImagePolicyResponse> = {
    permissions: ({ imageArn }) => reading("GetImagePolicy", imageArn!),
    run: ({ imageArn }) => ({ policy: get(images, imageArn!) }),
  };
  const putImagePolicy: Operation<PutImagePolicyRequest, PutImagePolicyResponse> = {
    permissions: ({ imageArn }) => reading("PutImagePolicy", imageArn!),
    run({ imageArn, policy }) {
      put(images, imageArn!, policy!);
      return { imageArn };
    },
  };
  const getImageRecipePolicy: Operation<GetImageRecipePolicyRequest, GetImageRecipePolicyResponse> = {
    permissions: ({ imageRecipeArn }) => reading("GetImageRecipePolicy", imageRecipeArn!),
    run: ({ imageRecipeArn }) => ({ policy: get(recipes, imageRecipeArn!) }),
  };
  const putImageRecipePolicy: Operation<PutImageRecipePolicyRequest, PutImageRecipePolicyResponse> = {
    permissions: ({ imageRecipeArn }) => reading("PutImageRecipePolicy", imageRecipeArn!),
    run({ imageRecipeArn, policy }) {
      put(recipes, imageRecipeArn!, policy!);
      return { imageRecipeArn };
    },
  };

  return {
    GetComponentPolicy: getComponentPolicy,
    PutComponentPolicy: putComponentPolicy,
    GetImagePolicy: getImagePolicy,
    PutImagePolicy: putImagePolicy,
    GetImageRecipePolicy: getImageRecipePolicy,
    PutImageRecipePolicy: putImageRecipePolicy,
  };
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/**
 * A policy shares its own resource, with somebody, for actions of Image Builder.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-shared-resources.html
 * @throws ServiceError InvalidParameterValueException
 */
function checkPolicy(policy: string, arn: string): void {
  const refused = (reason: string) => invalidValue("policy", reason);
  let document: { Statement?: unknown };
  try {
    document = JSON.parse(policy) as typeof document;
  } catch {
    throw refused("The policy is not valid JSON.");
  }
  const statements = list(document?.Statement) as Statement[];
  if (statements.length === 0) throw refused("The policy has no statement.");
  for (const { Effect, Principal, Action, Resource } of statements) {
    if (Effect !== "Allow") throw refused("A statement must have the effect Allow.");
    if (Principal === undefined) throw refused("A statement has no principal.");
    const actions = list(Action);
    if (actions.length === 0 || !actions.every((action) => /^imagebuilder:\w+$/.test(String(action))))
      throw refused("A statement must name actions of Image Builder.");
    if (list(Resource).join() !== arn) throw refused(`A statement must be about the resource ${arn}.`);
  }
}

const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

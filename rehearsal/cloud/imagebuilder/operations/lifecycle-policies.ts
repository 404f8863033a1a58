import type {
  CreateLifecyclePolicyRequest,
  CreateLifecyclePolicyResponse,
  DeleteLifecyclePolicyRequest,
  DeleteLifecyclePolicyResponse,
  GetLifecyclePolicyRequest,
  GetLifecyclePolicyResponse,
  ListLifecyclePoliciesRequest,
  ListLifecyclePoliciesResponse,
  UpdateLifecyclePolicyRequest,
  UpdateLifecyclePolicyResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { checkPolicy } from "../lifecycle/policy-rules";
import { listed } from "../listing";
import { creating, passRole, reading } from "../permissions";
import type { ServiceContext } from "../service-context";

/** Policies; AWS runs them on a schedule of its own, the local cloud when it is asked to. */
export function lifecyclePolicyOperations({ store, arns, tokens, lifecycle }: ServiceContext) {
  const create: Operation<CreateLifecyclePolicyRequest, CreateLifecyclePolicyResponse> = {
    permissions: ({ name, tags, executionRole }) => [
      ...creating("CreateLifecyclePolicy", arns.lifecyclePolicy(name!), tags),
      passRole(arns.role(executionRole!), "imagebuilder.amazonaws.com"),
    ],
    run: (input) =>
      tokens.once("CreateLifecyclePolicy", input, () => {
        checkPolicy(input);
        const { clientToken, name, tags, ...settings } = input;
        const arn = arns.lifecyclePolicy(name!);
        const status = settings.status ?? "ENABLED";
        store.policies.add({
          ...settings,
          status,
          arn,
          name: name!,
          dateCreated: new Date(),
          tags: { ...tags },
        });
        return { clientToken, lifecyclePolicyArn: arn };
      }),
  };

  const update: Operation<UpdateLifecyclePolicyRequest, UpdateLifecyclePolicyResponse> = {
    permissions: ({ lifecyclePolicyArn, executionRole }) => [
      ...reading("UpdateLifecyclePolicy", lifecyclePolicyArn!),
      passRole(arns.role(executionRole!), "imagebuilder.amazonaws.com"),
    ],
    run: (input) =>
      tokens.once("UpdateLifecyclePolicy", input, () => {
        const { clientToken: _token, lifecyclePolicyArn, ...settings } = input;
        const { arn, name, dateCreated, dateLastRun, tags, status } = store.policies.get(lifecyclePolicyArn!);
        checkPolicy(input);
        if (settings.status === "DISABLED") lifecycle.cancelAllOf(arn);
        store.policies.replace({
          status,
          ...settings,
          arn,
          name,
          dateCreated,
          dateUpdated: new Date(),
          dateLastRun,
          tags,
        });
        return { lifecyclePolicyArn };
      }),
  };

  const get: Operation<GetLifecyclePolicyRequest, GetLifecyclePolicyResponse> = {
    permissions: ({ lifecyclePolicyArn }) => reading("GetLifecyclePolicy", lifecyclePolicyArn!),
    run: ({ lifecyclePolicyArn }) => ({ lifecyclePolicy: store.policies.get(lifecyclePolicyArn!) }),
  };

  const remove: Operation<DeleteLifecyclePolicyRequest, DeleteLifecyclePolicyResponse> = {
    permissions: ({ lifecyclePolicyArn }) => reading("DeleteLifecyclePolicy", lifecyclePolicyArn!),
    run({ lifecyclePolicyArn }) {
      store.policies.remove(lifecyclePolicyArn!, false);
      lifecycle.cancelAllOf(lifecyclePolicyArn!);
      return { lifecyclePolicyArn };
    },
  };

  const list: Operation<ListLifecyclePoliciesRequest, ListLifecyclePoliciesResponse> = {
    permissions: () => reading("ListLifecyclePolicies", "*"),
    run(input) {
      const { items, next } = listed(store.policies.all(), input);
      return { lifecyclePolicySummaryList: items, nextToken: next };
    },
  };

  return {
    CreateLifecyclePolicy: create,
    UpdateLifecyclePolicy: update,
    GetLifecyclePolicy: get,
    DeleteLifecyclePolicy: remove,
    ListLifecyclePolicies: list,
  };
}

import type {
  CancelLifecycleExecutionRequest,
  CancelLifecycleExecutionResponse,
  GetLifecycleExecutionRequest,
  GetLifecycleExecutionResponse,
  ListLifecycleExecutionResourcesRequest,
  ListLifecycleExecutionResourcesResponse,
  ListLifecycleExecutionsRequest,
  ListLifecycleExecutionsResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { describeExecution } from "../lifecycle/execution";
import { listed } from "../listing";
import { reading } from "../permissions";
import type { ServiceContext } from "../service-context";

export function lifecycleExecutionOperations({ store, arns, tokens, lifecycle }: ServiceContext) {
  const on = (operation: string, id: string) => reading(operation, arns.lifecycleExecution(id));

  const get: Operation<GetLifecycleExecutionRequest, GetLifecycleExecutionResponse> = {
    permissions: ({ lifecycleExecutionId: id }) => on("GetLifecycleExecution", id!),
    run: ({ lifecycleExecutionId: id }) => ({ lifecycleExecution: describeExecution(lifecycle.get(id!)) }),
  };

  const list: Operation<ListLifecycleExecutionsRequest, ListLifecycleExecutionsResponse> = {
    permissions: ({ resourceArn }) => reading("ListLifecycleExecutions", resourceArn!),
    run(input) {
      const arn = input.resourceArn!;
      const executions = lifecycle.of(arn);
      // an image that an execution has deleted still has its executions
      if (executions.length === 0 && !store.policies.find(arn)) {
        if (!arn.includes(":image/"))
          throw new ServiceError(
            "InvalidRequestException",
            `The resource '${arn}' is no lifecycle policy and no image build version.`,
          );
        store.images.get(arn);
      }
      const { items, next } = listed(executions.map(describeExecution), input);
      return { lifecycleExecutions: items, nextToken: next };
    },
  };

  const listResources: Operation<
    ListLifecycleExecutionResourcesRequest,
    ListLifecycleExecutionResourcesResponse
  > = {
    permissions: ({ lifecycleExecutionId: id }) => on("ListLifecycleExecutionResources", id!),
    run(input) {
      const { id, status, reason, resources } = lifecycle.get(input.lifecycleExecutionId!);
      const wanted = resources.filter((each) => each.parentResourceId === input.parentResourceId);
      const { items, next } = listed(
        wanted.map(({ parentResourceId: _parent, ...resource }) => resource),
        input,
      );
      return {
        lifecycleExecutionId: id,
        lifecycleExecutionState: { status, reason },
        resources: items,
        nextToken: next,
      };
    },
  };

  const cancel: Operation<CancelLifecycleExecutionRequest, CancelLifecycleExecutionResponse> = {
    permissions: ({ lifecycleExecutionId: id }) => on("CancelLifecycleExecution", id!),
    run: (input) =>
      tokens.once("CancelLifecycleExecution", input, () => {
        lifecycle.cancel(input.lifecycleExecutionId!);
        return { lifecycleExecutionId: input.lifecycleExecutionId };
      }),
  };

  return {
    GetLifecycleExecution: get,
    ListLifecycleExecutions: list,
    ListLifecycleExecutionResources: listResources,
    CancelLifecycleExecution: cancel,
  };
}

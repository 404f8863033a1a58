import type {
  ResourceStatus,
  StartResourceStateUpdateRequest,
  StartResourceStateUpdateResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import type { Target } from "../lifecycle/targets";
import { passRole, reading } from "../permissions";
import type { ServiceContext } from "../service-context";
import { type ImageRecord, type ImageStatus, isFinal } from "../store";

const actions: Readonly<Record<ResourceStatus, Target["action"]>> = {
  AVAILABLE: "AVAILABLE",
  DEPRECATED: "DEPRECATE",
  DISABLED: "DISABLE",
  DELETED: "DELETE",
};

/** Ad-hoc changes of an image's state. https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_StartResourceStateUpdate.html */
export function stateUpdateOperations({ store, arns, tokens, lifecycle }: ServiceContext) {
  const start: Operation<StartResourceStateUpdateRequest, StartResourceStateUpdateResponse> = {
    permissions: ({ resourceArn, executionRole }) => [
      ...reading("StartResourceStateUpdate", resourceArn!),
      ...(executionRole ? [passRole(arns.role(executionRole), "imagebuilder.amazonaws.com")] : []),
    ],
    run: (input) =>
      tokens.once("StartResourceStateUpdate", input, () => {
        const image = store.images.get(input.resourceArn!);
        check(input, image);
        const status = input.state!.status!;
        const { executionRole, updateAt } = input;
        const target: Target = {
          image,
          action: actions[status],
          reason: `The state ${status} was requested.`,
          include: input.includeResources ?? {},
          amiExclusions: input.exclusionRules?.amis ?? {},
        };
        if (!executionRole && !updateAt) {
          image.state = { status: status as ImageStatus };
          image.deprecationTime = status === "DEPRECATED" ? new Date() : undefined;
          return { resourceArn: image.arn };
        }
        const { id } = lifecycle.startUpdate(target, executionRole, updateAt);
        return { lifecycleExecutionId: id, resourceArn: image.arn };
      }),
  };
  return { StartResourceStateUpdate: start };
}

/** @throws ServiceError InvalidRequestException */
function check(input: StartResourceStateUpdateRequest, { arn, state }: ImageRecord): void {
  const { includeResources: include, executionRole, updateAt } = input;
  const status = input.state?.status;
  if (!status) throw refused("A 'status' must be supplied in 'state'.");
  if (!isFinal(state.status))
    throw refused(`The image '${arn}' is ${state.status}; its state can't be changed.`);
  if (["FAILED", "CANCELLED"].includes(state.status) && status !== "DELETED")
    throw refused(`The image '${arn}' is ${state.status}; it can only become DELETED.`);
  if ((include === undefined) !== (executionRole === undefined))
    throw refused("'executionRole' and 'includeResources' must be supplied together.");
  if (status === "DELETED" && !include?.amis)
    throw refused("The underlying resources must be included to set an image to DELETED; see DeleteImage.");
  if (status !== "DELETED" && (include?.snapshots || include?.containers))
    throw refused("Snapshots and containers can be included for the state DELETED only.");
  if (include?.snapshots && !include.amis)
    throw refused("Snapshots can be included together with AMIs only.");
  if (updateAt && status !== "DEPRECATED")
    throw refused("'updateAt' can be supplied for the state DEPRECATED only.");
  if (updateAt && updateAt.getTime() <= Date.now()) throw refused("'updateAt' must be in the future.");
}

const refused = (message: string): ServiceError => new ServiceError("InvalidRequestException", message);

import type {
  LifecycleExecution,
  LifecycleExecutionResource,
  LifecycleExecutionResourceState,
  LifecycleExecutionStatus,
} from "@aws-sdk/client-imagebuilder";

/** A resource that an execution acts on; an AMI names the image that it belongs to. */
export interface ImpactedResource extends Omit<LifecycleExecutionResource, "state"> {
  readonly resourceId: string;
  readonly parentResourceId?: string;
  state: LifecycleExecutionResourceState;
  endTime?: Date;
}

/** One run of lifecycle actions, of a policy or of one image. */
export interface ExecutionRecord {
  readonly id: string;
  /** The policy, or the image build version of a state update. */
  readonly resourceArn: string;
  readonly policyArn: string | undefined;
  readonly startTime: Date;
  endTime?: Date;
  status: LifecycleExecutionStatus;
  reason?: string;
  readonly resources: ImpactedResource[];
  readonly cancel: AbortController;
}

export const hasEnded = ({ status }: ExecutionRecord): boolean =>
  ["SUCCESS", "FAILED", "CANCELLED"].includes(status);

export function describeExecution(execution: ExecutionRecord): LifecycleExecution {
  const { id, policyArn, status, reason, startTime, endTime, resources } = execution;
  return {
    lifecycleExecutionId: id,
    lifecyclePolicyArn: policyArn,
    resourcesImpactedSummary: { hasImpactedResources: resources.length > 0 },
    state: { status, reason },
    startTime,
    endTime,
  };
}

import type { InstanceRefreshStatus } from "@aws-sdk/client-auto-scaling";

/** Preferences of an instance refresh with every default filled in. Times are real milliseconds. */
export interface RefreshSettings {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
  readonly warmup: number;
  /** Ascending; the refresh is complete at the last one. Empty: one run to 100, without a wait. */
  readonly checkpointPercentages: readonly number[];
  readonly checkpointDelay: number;
  readonly bakeTime: number;
  readonly autoRollback: boolean;
  readonly scaleInProtected: "Refresh" | "Ignore" | "Wait";
  readonly standby: "Terminate" | "Ignore" | "Wait";
  /** How long a refresh tries when nothing gets ahead: an hour on AWS. */
  readonly patience: number;
}

/** One instance of the group, as the refresh sees it. */
export interface RefreshInstance {
  readonly id: string;
  readonly lifecycle: "pending" | "inService" | "standby" | "terminating";
  /** Passes the group's health checks now: EC2's, and the load balancer's when the group asks for it. */
  readonly healthy: boolean;
  /** Why not, in the words of a status reason: `has insufficient data to evaluate its health with …`. */
  readonly complaint: string | undefined;
  readonly inServiceAt: number;
  readonly protectedFromScaleIn: boolean;
}

export interface RefreshView {
  readonly now: number;
  readonly desired: number;
  readonly instances: readonly RefreshInstance[];
  /** Names of those of the refresh's alarms that are in ALARM. */
  readonly alarms: readonly string[];
  /** Why the latest launch failed, when it did. */
  readonly launchFailure?: string | undefined;
}

export interface Rollback {
  readonly reason: string;
  readonly startedAt: number;
  readonly percentageComplete: number;
  readonly instancesToUpdate: number;
}

export interface RefreshState {
  readonly status: InstanceRefreshStatus;
  readonly statusReason: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Instances that were there at the start. */
  readonly initial: ReadonlySet<string>;
  /** Instances to be replaced: at first all of the initial ones that don't match, in a rollback those launched since. */
  readonly replacing: ReadonlySet<string>;
  readonly percentageComplete: number;
  readonly instancesToUpdate: number;
  /** Index into the checkpoints, and the end of the wait at the current one. */
  readonly checkpoint: number;
  readonly checkpointUntil: number | undefined;
  readonly bakeUntil: number | undefined;
  /** When the number of updated instances last grew, and to what. */
  readonly progressAt: number;
  readonly updated: number;
  /** The latest that was wrong with a new instance: why the refresh fails when it does. */
  readonly trouble: string | undefined;
  /** What a client has asked for and the next step takes up. */
  readonly asked: "cancel" | "cancel at once" | "rollback" | undefined;
  readonly rollback: Rollback | undefined;
}

export type RefreshEvent =
  | { readonly type: "Started" | "Succeeded" | "Failed" | "Cancelled" }
  | { readonly type: "Rollback Started" | "Rollback Succeeded" | "Rollback Failed" }
  | { readonly type: "Checkpoint Reached"; readonly percentage: number };

export interface RefreshStep {
  readonly state: RefreshState;
  /** How many pending or in-service instances the group should have now. */
  readonly capacity: number;
  readonly terminate: readonly string[];
  readonly events: readonly RefreshEvent[];
}

const active = new Set<InstanceRefreshStatus>([
  "Pending",
  "InProgress",
  "Baking",
  "Cancelling",
  "RollbackInProgress",
]);

export const isActive = (state: RefreshState): boolean => active.has(state.status);

/** The state that a refresh begins with. `matching` instances already have the desired configuration and stay. */
export function pendingRefresh(view: RefreshView, matching: ReadonlySet<string>): RefreshState {
  const initial = new Set(
    view.instances.filter(({ lifecycle }) => lifecycle !== "terminating").map(({ id }) => id),
  );
  const replacing = new Set([...initial].filter((id) => !matching.has(id)));
  return {
    status: "Pending",
    statusReason: undefined,
    startedAt: view.now,
    endedAt: undefined,
    initial,
    replacing,
    percentageComplete: 0,
    instancesToUpdate: replacing.size,
    checkpoint: 0,
    checkpointUntil: undefined,
    bakeUntil: undefined,
    progressAt: view.now,
    updated: 0,
    trouble: undefined,
    asked: undefined,
    rollback: undefined,
  };
}

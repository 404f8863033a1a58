import type { InstanceRefreshStatus } from "@aws-sdk/client-auto-scaling";
import {
  type RefreshEvent,
  type RefreshSettings,
  type RefreshState,
  type RefreshStep,
  type RefreshView,
} from "./refresh-state";
import { replace, type Replacement } from "./replacement";

/**
 * The instance refresh as a state machine: from what is there to what should happen next. It has no effects and no
 * clock of its own. Works as documented at
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
 */
export function stepRefresh(state: RefreshState, settings: RefreshSettings, view: RefreshView): RefreshStep {
  if (state.asked === "rollback")
    return rollBack({ ...state, asked: undefined }, view, "The rollback was started by a user.");
  if (state.asked) return cancel(state, view);
  switch (state.status) {
    case "Pending":
      return {
        ...still({ ...state, status: "InProgress", progressAt: view.now }, view),
        events: [{ type: "Started" }],
      };
    case "InProgress":
      return view.alarms.length > 0
        ? fail(state, settings, view, alarmReason(view))
        : goOn(state, settings, view);
    case "Baking":
      if (view.alarms.length > 0) return fail(state, settings, view, alarmReason(view));
      return view.now >= state.bakeUntil! ? succeed(state, settings, view) : still(state, view);
    case "RollbackInProgress":
      return goBack(state, settings, view);
    default:
      return still(state, view);
  }
}

function goOn(before: RefreshState, settings: RefreshSettings, view: RefreshView): RefreshStep {
  let state = before;
  if (state.checkpointUntil !== undefined && view.now >= state.checkpointUntil)
    state = { ...state, checkpoint: state.checkpoint + 1, checkpointUntil: undefined, progressAt: view.now };
  const percentage = settings.checkpointPercentages[state.checkpoint] ?? 100;
  const replacement = replace(state, settings, view, percentage);
  state = advance(state, replacement, view, settings);
  if (state.checkpointUntil !== undefined) {
    const statusReason = `Waiting for the checkpoint delay at ${percentage} percent before continuing.`;
    return acting({ ...state, statusReason, progressAt: view.now }, replacement);
  }
  if (replacement.done) return reach(state, settings, view, replacement);
  if (outOfPatience(state, settings, view, replacement)) return fail(state, settings, view, failure(state));
  return acting(state, replacement);
}

/**
 * The percentage of the current checkpoint is replaced: wait there, or be complete at the last one. One that is passed by
 * the same instance as the next is skipped, and of the one at 100 percent nobody is told.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-adding-checkpoints-instance-refresh.html
 */
function reach(
  before: RefreshState,
  settings: RefreshSettings,
  view: RefreshView,
  { updated }: Replacement,
): RefreshStep {
  const { checkpointPercentages: checkpoints, checkpointDelay } = settings;
  if (checkpoints.length === 0) return complete(before, settings, view);
  const replaced = view.desired === 0 ? 100 : (100 * updated) / view.desired;
  const passed = checkpoints.findLastIndex((percentage) => percentage <= replaced);
  const state = { ...before, checkpoint: Math.max(before.checkpoint, passed) };
  const percentage = checkpoints[state.checkpoint]!;
  const reached: RefreshEvent[] = percentage === 100 ? [] : [{ type: "Checkpoint Reached", percentage }];
  const step =
    state.checkpoint === checkpoints.length - 1
      ? complete(state, settings, view)
      : still({ ...state, checkpointUntil: view.now + checkpointDelay }, view);
  return { ...step, events: [...reached, ...step.events] };
}

function complete(state: RefreshState, settings: RefreshSettings, view: RefreshView): RefreshStep {
  if (settings.bakeTime === 0) return succeed(state, settings, view);
  const statusReason = "Waiting for the bake time to end before the instance refresh is complete.";
  return still({ ...state, status: "Baking", statusReason, bakeUntil: view.now + settings.bakeTime }, view);
}

function succeed(state: RefreshState, settings: RefreshSettings, view: RefreshView): RefreshStep {
  const percentageComplete = settings.checkpointPercentages.at(-1) ?? 100;
  return end({ ...state, percentageComplete }, view, "Successful", undefined, { type: "Succeeded" });
}

function goBack(before: RefreshState, settings: RefreshSettings, view: RefreshView): RefreshStep {
  const replacement = replace(before, settings, view, 100);
  const state = advance(before, replacement, view, settings);
  const { reason } = state.rollback!;
  if (replacement.done) return end(state, view, "RollbackSuccessful", reason, { type: "Rollback Succeeded" });
  if (outOfPatience(state, settings, view, replacement))
    return end(state, view, "RollbackFailed", `${failure(state)} ${reason}`, { type: "Rollback Failed" });
  return acting(state, replacement);
}

function fail(
  state: RefreshState,
  settings: RefreshSettings,
  view: RefreshView,
  reason: string,
): RefreshStep {
  return settings.autoRollback
    ? rollBack(state, view, reason)
    : end(state, view, "Failed", reason, { type: "Failed" });
}

function rollBack(state: RefreshState, view: RefreshView, reason: string): RefreshStep {
  const { percentageComplete, instancesToUpdate } = state;
  const launched = view.instances.filter(({ id }) => !state.initial.has(id)).map(({ id }) => id);
  const rolledBack: RefreshState = {
    ...state,
    status: "RollbackInProgress",
    statusReason: reason,
    replacing: new Set(launched),
    checkpointUntil: undefined,
    progressAt: view.now,
    updated: 0,
    trouble: undefined,
    rollback: { reason, startedAt: view.now, percentageComplete, instancesToUpdate },
  };
  return { ...still(rolledBack, view), events: [{ type: "Rollback Started" }] };
}

/** Nothing new is begun; what is under way may end first. */
function cancel(before: RefreshState, view: RefreshView): RefreshStep {
  const moving = view.instances.some(
    ({ lifecycle }) => lifecycle === "pending" || lifecycle === "terminating",
  );
  if (before.asked === "cancel" && moving) return still({ ...before, status: "Cancelling" }, view);
  const state = { ...before, asked: undefined };
  return end(state, view, "Cancelled", "Cancelled due to user request.", { type: "Cancelled" });
}

function advance(
  state: RefreshState,
  replacement: Replacement,
  view: RefreshView,
  settings: RefreshSettings,
): RefreshState {
  const total = state.replacing.size;
  const share = (part: number): number => (total === 0 ? 100 : Math.floor((100 * part) / total));
  const kept = view.instances.filter(
    ({ id, lifecycle, protectedFromScaleIn }) =>
      state.initial.has(id) &&
      lifecycle === "inService" &&
      (!state.replacing.has(id) || (protectedFromScaleIn && settings.scaleInProtected === "Ignore")),
  ).length;
  const updatedHere = Math.min(total, Math.max(0, replacement.updated - kept));
  return {
    ...state,
    statusReason: state.rollback?.reason ?? replacement.reason,
    percentageComplete: Math.max(state.rollback ? 0 : state.percentageComplete, share(updatedHere)),
    instancesToUpdate: state.rollback ? state.instancesToUpdate : replacement.waiting,
    updated: Math.max(state.updated, replacement.updated),
    trouble: replacement.trouble ?? state.trouble,
    progressAt: replacement.updated > state.updated ? view.now : state.progressAt,
  };
}

function outOfPatience(
  state: RefreshState,
  settings: RefreshSettings,
  view: RefreshView,
  { warming }: Replacement,
): boolean {
  return !warming && view.now - state.progressAt > settings.patience;
}

const failure = ({ trouble, statusReason }: RefreshState): string =>
  `The instance refresh could not replace instances within one hour. ${trouble ?? statusReason ?? ""}`.trim();

const alarmReason = ({ alarms }: RefreshView): string =>
  `CloudWatch alarm in ALARM state: ${alarms.join(", ")}.`;

const acting = (state: RefreshState, { capacity, terminate }: Replacement): RefreshStep => ({
  state,
  capacity,
  terminate,
  events: [],
});

/** Neither more nor fewer instances than there are, but no fewer than desired. */
function still(state: RefreshState, { instances, desired }: RefreshView): RefreshStep {
  const live = instances.filter(
    ({ lifecycle }) => lifecycle === "pending" || lifecycle === "inService",
  ).length;
  return { state, capacity: Math.max(live, desired), terminate: [], events: [] };
}

function end(
  state: RefreshState,
  view: RefreshView,
  status: InstanceRefreshStatus,
  statusReason: string | undefined,
  event: RefreshEvent,
): RefreshStep {
  return { ...still({ ...state, status, statusReason, endedAt: view.now }, view), events: [event] };
}

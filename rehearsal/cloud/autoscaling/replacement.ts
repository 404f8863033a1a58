import type { RefreshInstance, RefreshSettings, RefreshState, RefreshView } from "./refresh-state";

/** How far a replacement has got, and what may happen next without leaving the healthy percentages. */
export interface Replacement {
  readonly capacity: number;
  readonly terminate: readonly string[];
  /** Nothing is left to launch, to warm up or to terminate for the percentage asked for. */
  readonly done: boolean;
  /** Instances that are new, healthy and warmed up. */
  readonly updated: number;
  /** Old instances that the percentage asked for still wants replaced and for which nothing was launched yet. */
  readonly waiting: number;
  /** Is a healthy new instance warming up? */
  readonly warming: boolean;
  readonly reason: string | undefined;
  /** What is wrong with a new instance, also with one that is being replaced for it. */
  readonly trouble: string | undefined;
}

/** The fewest healthy instances, rounded up, and the most live ones that a refresh keeps. */
export function limits(desired: number, settings: RefreshSettings): { min: number; max: number } {
  const { minHealthyPercentage, maxHealthyPercentage } = settings;
  const min = Math.ceil((desired * minHealthyPercentage) / 100);
  const most = Math.floor((desired * maxHealthyPercentage) / 100);
  // all of them healthy means launch before terminate: there must be room for one more
  const launchesFirst = minHealthyPercentage === 100 || maxHealthyPercentage > 100;
  return { min, max: desired === 0 ? 0 : Math.max(most, launchesFirst ? desired + 1 : desired) };
}

/**
 * One step of a rolling replacement. Everything is counted afresh from what is there, so that instances which die,
 * are replaced by health checks, scaled in or out between two steps need no memory.
 */
export function replace(
  state: RefreshState,
  settings: RefreshSettings,
  view: RefreshView,
  percentage: number,
): Replacement {
  const { desired, instances } = view;
  const { min, max } = limits(desired, settings);
  const live = instances.filter(({ lifecycle }) => lifecycle === "pending" || lifecycle === "inService");
  const isOld = (instance: RefreshInstance): boolean =>
    state.replacing.has(instance.id) &&
    !(instance.protectedFromScaleIn && settings.scaleInProtected === "Ignore");
  const isReady = (instance: RefreshInstance): boolean =>
    instance.lifecycle === "inService" && instance.healthy && view.now >= readyAt(state, settings, instance);

  const old = live.filter(isOld);
  const fresh = live.filter((instance) => !isOld(instance));
  const standby = instances.filter(({ id, lifecycle }) => lifecycle === "standby" && state.replacing.has(id));
  const wantedNew = Math.ceil((desired * percentage) / 100);
  const keptOld = desired - wantedNew;

  const removable = old
    .filter((instance) => !(instance.protectedFromScaleIn && settings.scaleInProtected === "Wait"))
    .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
    .slice(0, Math.max(0, old.length - keptOld));
  const ready = live.filter(isReady).length;
  const everyoneReady = ready === live.length && live.length >= desired;
  // without room above the desired capacity at least one instance at a time gives way
  let spare = Math.max(ready - min, max === desired && everyoneReady ? 1 : 0);
  const leaving = removable.filter((instance) => {
    if (!isReady(instance)) return state.rollback !== undefined || live.length > desired;
    spare -= 1;
    return spare >= 0;
  });
  const ending = settings.standby === "Terminate" ? standby : [];

  const remaining = live.length - leaving.length;
  const launches = Math.max(0, desired - remaining, Math.min(max - remaining, wantedNew - fresh.length));
  const updated = fresh.filter(isReady).length;
  const blocked = settings.standby === "Wait" ? standby : [];
  const oldEnding = instances.some(
    ({ id, lifecycle }) => lifecycle === "terminating" && state.replacing.has(id),
  );
  const failed = instances.find(
    ({ id, lifecycle, healthy, complaint }) =>
      complaint &&
      !healthy &&
      !state.initial.has(id) &&
      (lifecycle !== "terminating" || !state.replacing.has(id)),
  );
  return {
    capacity: remaining + launches,
    terminate: [...leaving, ...ending].map(({ id }) => id),
    done:
      updated >= wantedNew &&
      old.length <= keptOld &&
      live.length <= desired &&
      blocked.length === 0 &&
      !oldEnding,
    updated,
    waiting: Math.max(0, Math.min(old.length, wantedNew - fresh.length)),
    warming: fresh.some(
      (instance) => instance.lifecycle === "inService" && instance.healthy && !isReady(instance),
    ),
    reason: view.launchFailure
      ? `Failed to launch instances. ${view.launchFailure}`
      : reasonOf(fresh, old, blocked, settings, isReady),
    trouble: view.launchFailure
      ? `Failed to launch instances. ${view.launchFailure}`
      : failed && `For example: ${failed.id} ${failed.complaint}.`,
  };
}

/** Instances that were there before the refresh have warmed up long ago. */
function readyAt(state: RefreshState, settings: RefreshSettings, instance: RefreshInstance): number {
  return state.initial.has(instance.id) ? 0 : instance.inServiceAt + settings.warmup;
}

function reasonOf(
  fresh: readonly RefreshInstance[],
  old: readonly RefreshInstance[],
  standby: readonly RefreshInstance[],
  settings: RefreshSettings,
  isReady: (instance: RefreshInstance) => boolean,
): string | undefined {
  const remaining = "Waiting for remaining instances to be available. For example:";
  const unhealthy = [...fresh, ...old].find(({ healthy }) => !healthy);
  if (unhealthy) return `${remaining} ${unhealthy.id} ${unhealthy.complaint ?? "is not in service"}.`;
  const warming = fresh.find((instance) => !isReady(instance));
  if (warming)
    return `Waiting for instances to warm up before continuing. For example: ${warming.id} is warming up.`;
  const guarded = old.find(
    (instance) => instance.protectedFromScaleIn && settings.scaleInProtected === "Wait",
  );
  if (guarded)
    return `${remaining} ${guarded.id} is protected. Remove instance scale-in protection to continue.`;
  if (standby[0])
    return `${remaining} ${standby[0].id} is in Standby. Return the instance to service to continue.`;
  return undefined;
}

import fc from "fast-check";
import { stepRefresh } from "../../../../rehearsal/cloud/autoscaling/refresh";
import {
  isActive,
  pendingRefresh,
  type RefreshSettings,
  type RefreshState,
  type RefreshStep,
} from "../../../../rehearsal/cloud/autoscaling/refresh-state";
import { limits } from "../../../../rehearsal/cloud/autoscaling/replacement";
import { ToyGroup } from "./toy-group";

const defaults: RefreshSettings = {
  minHealthyPercentage: 90,
  maxHealthyPercentage: 100,
  warmup: 3,
  checkpointPercentages: [],
  checkpointDelay: 0,
  bakeTime: 0,
  autoRollback: true,
  scaleInProtected: "Ignore",
  standby: "Ignore",
  patience: 3600,
};

/** Steps once a second until the refresh is over; `each` may change the group or ask for something before a step. */
function run(
  group: ToyGroup,
  settings: RefreshSettings,
  each: (now: number, state: RefreshState) => RefreshState | void = () => undefined,
  check: (step: RefreshStep, before: RefreshState) => void = () => undefined,
): { state: RefreshState; events: string[]; seconds: number } {
  let state = pendingRefresh(group.view(0), new Set(group.matching));
  const events: string[] = [];
  let now = 0;
  for (; isActive(state) && now < 20_000; now += 1) {
    state = each(now, state) ?? state;
    group.tick(now);
    const step = stepRefresh(state, settings, group.view(now));
    check(step, state);
    state = step.state;
    group.apply(step, now, state.status === "RollbackInProgress" ? "old" : "new");
    events.push(...step.events.map((event) => event.type));
  }
  return { state, events, seconds: now };
}

describe("an instance refresh", () => {
  const percentages = fc.record({
    min: fc.integer({ min: 0, max: 100 }),
    room: fc.integer({ min: 0, max: 100 }),
  });
  const cases = fc.record({
    desired: fc.integer({ min: 1, max: 12 }),
    percentages,
    startup: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }),
    draining: fc.integer({ min: 0, max: 5 }),
    kills: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 4 }),
    checkpoints: fc.constantFrom([], [50, 100], [1, 20, 100], [35, 70, 100]),
  });

  it("never takes out more healthy instances than the minimum allows nor runs more than the maximum", () => {
    fc.assert(
      fc.property(cases, ({ desired, percentages: { min, room }, startup, draining, kills, checkpoints }) => {
        const settings = {
          ...defaults,
          minHealthyPercentage: min,
          maxHealthyPercentage: Math.min(200, Math.max(100, min + room)),
          checkpointPercentages: checkpoints,
          checkpointDelay: 5,
        };
        const group = new ToyGroup(desired, { startup, draining });
        const bounds = limits(desired, settings);
        const least = Math.min(bounds.min, bounds.max === desired ? desired - 1 : desired);
        const { state } = run(
          group,
          settings,
          (now) => (kills.includes(now) ? group.kill() : undefined),
          (step, before) => {
            const ready = group.ready(before, settings.warmup);
            const left = ready.filter((id) => !step.terminate.includes(id)).length;
            expect(left).toBeGreaterThanOrEqual(Math.min(ready.length, least));
            expect(step.capacity).toBeLessThanOrEqual(Math.max(bounds.max, group.live().length));
          },
        );
        expect(state.status).toBe("Successful");
        expect(group.live().every(({ version }) => version === "new")).toBe(true);
        expect(group.live()).toHaveLength(desired);
      }),
      { numRuns: 300 },
    );
  });

  it("ends where it began when the new version never gets healthy, whatever the percentages", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), percentages, (desired, { min, room }) => {
        const maxHealthyPercentage = Math.min(200, Math.max(100, min + room));
        const group = new ToyGroup(desired, { startup: [0], draining: 1, healthyVersions: ["old"] });
        const { state, events } = run(group, {
          ...defaults,
          minHealthyPercentage: min,
          maxHealthyPercentage,
        });
        expect(state.status).toBe("RollbackSuccessful");
        expect(events).toEqual(["Started", "Rollback Started", "Rollback Succeeded"]);
        expect(group.live().every(({ version }) => version === "old")).toBe(true);
        expect(group.live()).toHaveLength(desired);
      }),
      { numRuns: 60 },
    );
  });

  it("launches before it terminates at 100 to 200 percent", () => {
    const group = new ToyGroup(2, { startup: [4], draining: 0 });
    const fewest: number[] = [];
    run(
      group,
      { ...defaults, minHealthyPercentage: 100, maxHealthyPercentage: 200 },
      () => void fewest.push(group.live().filter(({ healthy }) => healthy).length),
    );
    expect(Math.min(...fewest)).toBe(2);
    expect(group.most).toBe(4);
  });

  it("replaces one at a time and terminates first with the default percentages", () => {
    const group = new ToyGroup(3, { startup: [2], draining: 0 });
    run(group, defaults);
    expect(group.most).toBe(3);
    expect(group.mostStarting).toBe(1);
  });

  it("waits at each checkpoint but the last, and tells of each but the one at 100 percent", () => {
    const group = new ToyGroup(4, { startup: [0], draining: 0 });
    const news = new Map<number, number>();
    const { state, events, seconds } = run(
      group,
      { ...defaults, minHealthyPercentage: 50, checkpointPercentages: [25, 50, 100], checkpointDelay: 300 },
      (now) => void news.set(now, group.live().filter(({ version }) => version === "new").length),
    );
    expect(state.status).toBe("Successful");
    expect(events).toEqual(["Started", "Checkpoint Reached", "Checkpoint Reached", "Succeeded"]);
    expect([news.get(200), news.get(500)]).toEqual([1, 2]);
    expect(seconds).toBeGreaterThan(600);
    expect(seconds).toBeLessThan(700);
  });

  it("skips a checkpoint that the same instance passes as the next one", () => {
    const group = new ToyGroup(2, { startup: [0], draining: 0 });
    const reached: number[] = [];
    const settings = { ...defaults, checkpointPercentages: [10, 40, 100], checkpointDelay: 300 };
    const { seconds } = run(group, settings, undefined, ({ events }) => {
      for (const event of events) if (event.type === "Checkpoint Reached") reached.push(event.percentage);
    });
    expect(reached).toEqual([40]);
    expect(seconds).toBeLessThan(400);
  });

  it("leaves the rest alone when the last checkpoint is below 100", () => {
    const group = new ToyGroup(4, { startup: [0], draining: 0 });
    const { state, events } = run(group, {
      ...defaults,
      minHealthyPercentage: 50,
      checkpointPercentages: [50],
    });
    expect(state).toMatchObject({ status: "Successful", percentageComplete: 50 });
    expect(events).toEqual(["Started", "Checkpoint Reached", "Succeeded"]);
    expect(group.live().filter(({ version }) => version === "new")).toHaveLength(2);
  });

  it("skips instances that match", () => {
    const group = new ToyGroup(3, { startup: [0], draining: 0 });
    group.matching = ["old-1", "old-2", "old-3"];
    const { state, seconds } = run(group, defaults);
    expect(state).toMatchObject({ status: "Successful", percentageComplete: 100 });
    expect(group.launched).toBe(0);
    expect(seconds).toBeLessThan(5);
  });

  it("bakes, and rolls back when an alarm fires meanwhile", () => {
    const group = new ToyGroup(2, { startup: [0], draining: 0 });
    const seen = new Set<string>();
    const { state } = run(group, { ...defaults, bakeTime: 600 }, (now, { status }) => {
      seen.add(status);
      if (now === 100) group.alarms = ["errors"];
    });
    expect(seen).toContain("Baking");
    expect(state).toMatchObject({
      status: "RollbackSuccessful",
      rollback: { percentageComplete: 100, reason: "CloudWatch alarm in ALARM state: errors." },
    });
    expect(group.live().every(({ version }) => version === "old")).toBe(true);
  });

  it("fails and stays as it is without auto rollback", () => {
    const group = new ToyGroup(2, { startup: [0], draining: 0, healthyVersions: ["old"] });
    const { state, events } = run(group, { ...defaults, minHealthyPercentage: 100, autoRollback: false });
    expect(state.status).toBe("Failed");
    expect(state.statusReason).toContain("within one hour");
    expect(events).toEqual(["Started", "Failed"]);
  });

  it("fails with the reason of the launch when nothing can be launched", () => {
    const group = new ToyGroup(2, { startup: [0], draining: 0, launchFailure: "no such image" });
    const { state } = run(group, { ...defaults, autoRollback: false });
    expect(state).toMatchObject({
      status: "Failed",
      statusReason: expect.stringContaining("no such image") as string,
    });
  });

  it("waits for protected instances for an hour, or replaces them, or leaves them", () => {
    const outcomes = (["Wait", "Refresh", "Ignore"] as const).map((scaleInProtected) => {
      const group = new ToyGroup(2, { startup: [0], draining: 0 });
      group.protect("old-1");
      const { state } = run(group, { ...defaults, scaleInProtected, autoRollback: false });
      return [state.status, group.live().filter(({ version }) => version === "new").length];
    });
    expect(outcomes).toEqual([
      ["Failed", 1],
      ["Successful", 2],
      ["Successful", 1],
    ]);
  });

  it("succeeds at once on a group of nothing", () => {
    const { state } = run(new ToyGroup(0, { startup: [0], draining: 0 }), defaults);
    expect(state).toMatchObject({ status: "Successful", percentageComplete: 100 });
  });

  it("cancels without beginning anything more", () => {
    const group = new ToyGroup(4, { startup: [2], draining: 3 });
    let launched = 0;
    const { state } = run(group, defaults, (now, before) => {
      if (now !== 5) return undefined;
      launched = group.launched;
      return { ...before, asked: "cancel" };
    });
    expect(state.status).toBe("Cancelled");
    expect(group.launched).toBe(launched);
  });
});

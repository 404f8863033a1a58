import { paces } from "../../../../rehearsal/cloud/pace";
import { production } from "../../../support/configuration";
import { ConfiguredFleet } from "./configured-fleet";

describe("a release as configured by default", () => {
  let fleet: ConfiguredFleet;
  const begin = (speed: number): Promise<void> => {
    fleet = new ConfiguredFleet({ rollOut: { ...production.rollOut, bakeSeconds: 0 } });
    return fleet.start(speed);
  };
  afterEach(() => fleet.end());

  it("is not taken back by a start that takes half a minute of this machine, four of the rehearsal's clock", async () => {
    await begin(paces.rehearsal.clockSpeed);
    fleet.cloud.roots.set("ami-2", "v2-starts-in-30000");
    await fleet.rollOut();
    expect(await fleet.outcome(80_000)).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
    expect(fleet.load.failed()).toEqual([]);
    expect(fleet.load.versions()).toEqual(new Set(["v1", "v2-starts-in-30000"]));
    expect(fleet.cloud.emulator.records.size).toBe(4);
    expect(fleet.cloud.emulator.alarms.set.filter(({ StateValue }) => StateValue === "ALARM")).toEqual([]);
  }, 100_000);

  it("is taken back by the alarm on unhealthy hosts when it never gets ready, long before the hour is over", async () => {
    await begin(60);
    fleet.cloud.roots.set("ami-2", "v2-never-ready");
    await fleet.rollOut();
    const began = Date.now();
    const refresh = await fleet.outcome();
    expect((Date.now() - began) * 60).toBeLessThan(20 * 60_000);
    expect(refresh.Status).toBe("RollbackSuccessful");
    expect(refresh.StatusReason).toContain("shop-production-unhealthy-hosts");
    expect(fleet.load.failed()).toEqual([]);
    expect(fleet.load.versions()).toEqual(new Set(["v1"]));
  }, 60_000);
});

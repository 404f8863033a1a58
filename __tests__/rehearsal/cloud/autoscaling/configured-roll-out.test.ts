import type { EnvironmentConfiguration } from "../../../../config/configuration";
import { production } from "../../../support/configuration";
import { ConfiguredFleet } from "./configured-fleet";

const rollOut = { ...production.rollOut, bakeSeconds: 60 };

describe("a roll-out as configured", () => {
  let fleet: ConfiguredFleet;
  const begin = async (speed: number, environment: Partial<EnvironmentConfiguration>): Promise<void> => {
    fleet = new ConfiguredFleet({ rollOut, ...environment });
    for (const alarm of environment.rollOut?.alarms ?? []) fleet.cloud.emulator.alarms.setState(alarm, "OK");
    await fleet.start(speed);
  };
  afterEach(() => fleet.end());

  it("keeps old and new beside each other for the rest of the warm-up", async () => {
    await begin(60, { instanceWarmupSeconds: 600 });
    await fleet.rollOut();
    await fleet.refreshIs(({ StatusReason = "" }) => StatusReason.includes("warm up"));
    const together = await fleet.load.more(40);
    expect(new Set(together.map(({ body }) => body))).toEqual(new Set(["v1", "v2"]));
    expect(await fleet.versions()).toEqual(["1", "1", "2", "2"]);
    expect((await fleet.outcome()).Status).toBe("Successful");
  }, 60_000);

  describe("with a checkpoint", () => {
    const halfway = { ...rollOut, checkpoints: [50], checkpointSeconds: 600, alarms: ["checkout-errors"] };
    const atCheckpoint = () =>
      fleet.refreshIs(({ StatusReason = "" }) => StatusReason.includes("checkpoint delay at 50 percent"));
    beforeEach(async () => {
      await begin(200, { rollOut: { ...halfway, bakeSeconds: 400 }, instanceWarmupSeconds: 30 });
      await fleet.rollOut();
    }, 60_000);

    it("stays there for the configured time, and bakes after the last instance", async () => {
      const reached = await atCheckpoint();
      expect(await fleet.versions()).toEqual(["1", "2"]);
      const wentOn = await fleet.refreshIs(({ StatusReason = "" }) => !StatusReason.includes("checkpoint"));
      expect((wentOn - reached) * 200).toBeGreaterThan(400_000);
      const baking = await fleet.refreshIs(({ Status }) => Status === "Baking");
      expect(await fleet.versions()).toEqual(["2", "2"]);
      expect((await fleet.outcome()).Status).toBe("Successful");
      expect((Date.now() - baking) * 200).toBeGreaterThan(200_000);
      const told = fleet.cloud.events.filter(({ detailType }) => detailType.includes("Checkpoint"));
      expect(told).toHaveLength(1);
      expect(fleet.load.failed()).toEqual([]);
    }, 60_000);

    it.each(["at the checkpoint", "while it bakes"])(
      "is taken back by a user's own alarm %s",
      async (when) => {
        await (when === "at the checkpoint"
          ? atCheckpoint()
          : fleet.refreshIs(({ Status }) => Status === "Baking"));
        fleet.cloud.emulator.alarms.setState("checkout-errors", "ALARM");
        const refresh = await fleet.outcome();
        expect(refresh).toMatchObject({
          Status: "RollbackSuccessful",
          StatusReason: expect.stringContaining("checkout-errors") as string,
        });
        expect(await fleet.versions()).toEqual(["1", "1"]);
        expect((await fleet.group()).LaunchTemplate!.Version).toBe("1");
        expect(fleet.load.failed()).toEqual([]);
        expect(new Set((await fleet.load.more(40)).map(({ body }) => body))).toEqual(new Set(["v1"]));
      },
      60_000,
    );
  });
});

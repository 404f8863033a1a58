import { refreshPreferences } from "../../../constructs/release/refresh-preferences";

const settings = {
  minHealthyPercentage: 100,
  maxHealthyPercentage: 200,
  alarmNames: ["one"],
  bakeSeconds: 180,
  checkpoints: [],
  checkpointSeconds: 600,
};

describe("a roll-out", () => {
  test("launches before it terminates, and goes back by itself", () => {
    expect(refreshPreferences(settings)).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
      AutoRollback: true,
      SkipMatching: true,
    });
  });

  test("stays between the configured percentages", () => {
    const tight = { ...settings, minHealthyPercentage: 90, maxHealthyPercentage: 110 };
    expect(refreshPreferences(tight)).toMatchObject({ MinHealthyPercentage: 90, MaxHealthyPercentage: 110 });
  });

  test("watches the alarms that there are", () => {
    expect(refreshPreferences(settings)).toMatchObject({
      AlarmSpecification: { Alarms: ["one"] },
      BakeTime: 180,
    });
  });

  test("waits for no alarm where there is none", () => {
    const preferences = refreshPreferences({ ...settings, alarmNames: [] });
    expect(preferences).not.toHaveProperty("AlarmSpecification");
    expect(preferences).not.toHaveProperty("BakeTime");
  });

  test("waits at the checkpoints, and replaces all instances in the end", () => {
    expect(refreshPreferences({ ...settings, checkpoints: [10, 50] })).toMatchObject({
      CheckpointPercentages: [10, 50, 100],
      CheckpointDelay: 600,
    });
    expect(refreshPreferences(settings)).not.toHaveProperty("CheckpointPercentages");
  });
});

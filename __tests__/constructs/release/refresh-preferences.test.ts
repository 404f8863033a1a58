import { refreshPreferences } from "../../../constructs/release/refresh-preferences";

describe("a roll-out", () => {
  test("launches before it terminates, and goes back by itself", () => {
    expect(refreshPreferences([])).toMatchObject({
      MinHealthyPercentage: 100,
      MaxHealthyPercentage: 200,
      AutoRollback: true,
      SkipMatching: true,
    });
  });

  test("watches the alarms that there are", () => {
    expect(refreshPreferences(["one"])).toMatchObject({ AlarmSpecification: { Alarms: ["one"] } });
    expect(refreshPreferences([])).not.toHaveProperty("AlarmSpecification");
  });
});

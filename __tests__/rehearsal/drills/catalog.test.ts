import { UserError } from "../../../cli/user-error";
import { drills, selectDrills } from "../../../rehearsal/drills/catalog";

const namesOf = (names: readonly string[]): string[] => selectDrills(names).map(({ name }) => name);

describe("selecting drills", () => {
  it("takes them by name, in the catalog's order and each once", () => {
    expect(namesOf(["never-ready", "good-release", "never-ready"])).toEqual(["good-release", "never-ready"]);
  });

  it("takes all of them", () => {
    expect(selectDrills(["all"])).toEqual(drills);
    expect(selectDrills(["good-release", "all"])).toEqual(drills);
  });

  it("ends with the one that only destroying everything brings to an end", () => {
    expect(namesOf(["destroy-while-baking", "good-release"])).toEqual([
      "good-release",
      "destroy-while-baking",
    ]);
    expect(drills.at(-1)?.name).toBe("destroy-while-baking");
  });

  it("refuses a name that is none, and lists those that are", () => {
    expect(() => selectDrills(["all", "earthquake"])).toThrow(UserError);
    expect(() => selectDrills(["earthquake"])).toThrow(
      /^no drill is named "earthquake"; allowed: all, good-release, never-ready, /,
    );
  });

  it("has no two of one name, and each says what must hold", () => {
    expect(new Set(drills.map(({ name }) => name)).size).toBe(drills.length);
    for (const { name, mustHold } of drills) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(mustHold).not.toBe("");
    }
  });
});

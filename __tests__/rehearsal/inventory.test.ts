import { leftovers } from "../../rehearsal/inventory";

describe("leftovers", () => {
  it("are what was not there before, in order", () => {
    const before = new Set(["role admin", "bucket state"]);
    const after = new Set(["role hello", "bucket state", "image ami-1"]);
    expect(leftovers(before, after)).toEqual(["image ami-1", "role hello"]);
  });

  it("are none when everything is gone, also of what was there before", () => {
    expect(leftovers(new Set(["role admin"]), new Set())).toEqual([]);
  });

  it("tell things of one name but another kind apart", () => {
    expect(leftovers(new Set(["role hello"]), new Set(["role hello", "policy hello"]))).toEqual([
      "policy hello",
    ]);
  });
});

import { baseName, isBaseName } from "../../contract/base-image";

describe("the name of a base component or recipe", () => {
  test("ends with the first digits of its content's hash, and is known by that", () => {
    const name = baseName("shop-base", "0123abcd4567");
    expect(name).toBe("shop-base-0123abcd");
    expect(isBaseName("shop-base", name)).toBe(true);
  });

  test.each([
    "shop-base",
    "shop-base-",
    "shop-base-release",
    "shop-base-0123ABCD",
    "shop-base-base-0123abcd",
  ])("is not %s", (name) => {
    expect(isBaseName("shop-base", name)).toBe(false);
  });
});

import * as fc from "fast-check";
import { tagsOf, tagsOfInstance, tagValue, tagValueLength } from "../../../lambda/shared/tags";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 600 }),
  fc.string({ unit: "grapheme", maxLength: 600 }),
  fc
    .array(
      fc.constantFrom(
        "aws:",
        "AWS:",
        " ",
        "'",
        "ᄀ",
        "ᅡ",
        "é",
        "e\u0301",
        "😀",
        "𝒳",
        "\n",
        "\ud83d",
        "\u2028",
        "a",
      ),
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom("𝒳", "x"), minLength: 250, maxLength: 300 }),
);

describe("a tag's value", () => {
  it("is valid for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = tagValue(text);
        expect(value.length).toBeLessThanOrEqual(tagValueLength);
        expect(value).toMatch(/^[\p{L}\p{N} _.:/=+\-@]*$/u);
        expect(value).not.toMatch(/^aws:/i);
        expect(value).toBe(value.trim());
      }),
    );
  });

  it("stays as it is when it is cleaned again", () => {
    fc.assert(fc.property(anyText, (text) => expect(tagValue(tagValue(text))).toBe(tagValue(text))));
  });

  it("never ends in half of a surrogate pair", () => {
    fc.assert(fc.property(anyText, (text) => expect(() => encodeURIComponent(tagValue(text))).not.toThrow()));
    expect(tagValue("x".repeat(255) + "𝒳")).toBe("x".repeat(255));
  });

  it("keeps a text that is allowed", () => {
    expect(tagValue("feat: größer = better @ v1.0/x_y+z")).toBe("feat: größer = better @ v1.0/x_y+z");
  });

  it.each([
    ["fix: don't crash (#12)\n\nlong story", "fix: dont crash 12 long story"],
    ["aws:reserved", "reserved"],
    ["🎉", ""],
  ])("of %j is %j", (text, value) => expect(tagValue(text)).toBe(value));
});

describe("the tags of a release", () => {
  const release = {
    application: "shop",
    version: "1.0.7",
    repositoryName: "shop",
    branchName: "main",
    commitId: "abc",
    commitMessage: "fix (all)",
    authorDate: "2026-01-01T00:00:00+01:00",
    committerDate: "2026-01-01T00:00:00+01:00",
    artifactSha256: "f".repeat(64),
  };

  it("say where it comes from", () => {
    expect(tagsOf(release)).toEqual(
      expect.objectContaining({ Application: "shop", Version: "1.0.7", CommitMessage: "fix all" }),
    );
  });

  it("win over the blueprint's on an instance, but for its Name", () => {
    expect(tagsOfInstance({ Name: "shop-dev", Version: "none", Team: "a" }, tagsOf(release), "dev")).toEqual(
      expect.objectContaining({ Name: "shop-dev", Version: "1.0.7", Team: "a", Environment: "dev" }),
    );
    expect(tagsOfInstance({}, tagsOf(release), "dev").Name).toBe("shop-dev");
  });
});

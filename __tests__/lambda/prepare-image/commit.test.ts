import { isoDate } from "../../../lambda/prepare-image/commit";

describe("git's date", () => {
  it.each([
    ["1484167798 -0800", "2017-01-11T12:49:58-08:00"],
    ["1700000000 +0530", "2023-11-15T03:43:20+05:30"],
    ["0 +0000", "1970-01-01T00:00:00+00:00"],
    ["yesterday", "yesterday"],
    [undefined, ""],
  ])("%s is %s", (date, iso) => expect(isoDate(date)).toBe(iso));
});

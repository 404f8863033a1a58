import { versionFunction } from "../../../contract/functions";
import { checkForm, readEnvironment, readParameters } from "../../../lambda/shared/settings";

describe("environment variables", () => {
  it("are read by the contract's names", () =>
    expect(
      readEnvironment(versionFunction, { VERSION_PARAMETER: "/p", VERSION_LINE: "1.0", OTHER: "x" }),
    ).toEqual({
      VERSION_PARAMETER: "/p",
      VERSION_LINE: "1.0",
    }));

  it("are all named when they are missing or empty", () =>
    expect(() => readEnvironment(versionFunction, { VERSION_LINE: " " })).toThrow(
      'the function "version" lacks the environment variables VERSION_PARAMETER, VERSION_LINE',
    ));
});

describe("user parameters", () => {
  it("are read as JSON", () =>
    expect(readParameters(versionFunction, '{"ExecutionId":"1"}')).toEqual({ ExecutionId: "1" }));

  it.each([
    ["absent", undefined, "passes no user parameters"],
    ["no JSON", "ExecutionId=1", "no JSON object: ExecutionId=1"],
    ["no object", "[]", "no JSON object"],
    ["incomplete", "{}", "ExecutionId is missing"],
    ["empty", '{"ExecutionId":" "}', "ExecutionId is empty"],
    ["of another type", '{"ExecutionId":1}', "ExecutionId is no string"],
    ["unknown", '{"ExecutionId":"1","Wrong":"x"}', "Wrong is unknown"],
    ["unresolved", '{"ExecutionId":"#{a.b}"}', "unresolved variable #{a.b}"],
    ["inherited", '{"ExecutionId":"1","toString":"x"}', "toString is unknown"],
  ])("are refused when they are %s", (_what, text, message) =>
    expect(() => readParameters(versionFunction, text)).toThrow(message),
  );
});

describe("a setting with a form", () => {
  it("is named with its value when it has another one", () =>
    expect(() => checkForm("VERSION_LINE", "1", /^\d+\.\d+$/, "MAJOR.MINOR")).toThrow(
      'VERSION_LINE is "1"; expected: MAJOR.MINOR',
    ));
});

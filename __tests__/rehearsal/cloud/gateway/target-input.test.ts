import type { Target } from "@aws-sdk/client-eventbridge";
import { targetInput } from "../../../../rehearsal/cloud/gateway/target-input";

const event = JSON.stringify({
  source: "aws.codecommit",
  detail: { commitId: "c0ffee", title: 'say "hello"\n', lines: 3, files: ["a", "b"] },
});
const input = (target: Partial<Target>): string => targetInput(event, { Id: "t", Arn: "arn", ...target });
const transformed = (InputTemplate: string, path = "$.detail.commitId"): string =>
  input({ InputTransformer: { InputPathsMap: { value: path }, InputTemplate } });

describe("what a target is handed", () => {
  it("is the event", () => expect(input({})).toBe(event));

  it("is a constant, where the target has one", () => expect(input({ Input: '{"a":1}' })).toBe('{"a":1}'));

  it("is a part of the event, where the target names one", () => {
    expect(input({ InputPath: "$.detail.files" })).toBe('["a","b"]');
    expect(input({ InputPath: "$.detail.none" })).toBe("null");
  });
});

describe("an input transformer", () => {
  it("writes a text into a string of its template", () => {
    expect(transformed('{"id": "<value>", "in": "commit <value>"}')).toBe(
      '{"id": "c0ffee", "in": "commit c0ffee"}',
    );
  });

  it.each([
    ["$.detail.commitId", "c0ffee"],
    ["$.detail.title", 'say "hello"\n'],
    ["$.detail.lines", 3],
    ["$.detail.files", ["a", "b"]],
  ])("writes %s as JSON where the template has no string", (path, expected) => {
    expect(JSON.parse(transformed('{"it":<value>}', path))).toEqual({ it: expected });
  });

  it("keeps the template JSON whatever the text is", () => {
    expect(JSON.parse(transformed('{"it":"<value>!"}', "$.detail.title"))).toEqual({ it: 'say "hello"\n!' });
    expect(JSON.parse(transformed('{"it":"<value>"}', "$.detail.files"))).toEqual({ it: '["a","b"]' });
  });

  it("writes nothing for what the event does not have", () => {
    expect(transformed('{"it":"<value>"}', "$.detail.none.at.all")).toBe('{"it":""}');
  });

  it("refuses a template or a path that it can't fill in", () => {
    expect(() => transformed('{"it":"<other>"}')).toThrow("<other> is in no input path");
    expect(() => transformed('{"it":"<value>"}', "$.detail.files[0]")).toThrow("is not served");
  });
});

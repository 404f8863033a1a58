import { decodeContinuation, encodeContinuation } from "../../../lambda/shared/continuation";

const token = encodeContinuation("bake-image", "execution-1", { state: { imageArn: "arn" }, misses: 2 });

describe("a continuation token", () => {
  it("brings back what it was given", () =>
    expect(decodeContinuation(token, "bake-image", "execution-1", ["imageArn"])).toEqual({
      state: { imageArn: "arn" },
      misses: 2,
    }));

  it.each([
    ["no JSON", "}{", "is not one of ours"],
    ["no object", "[1]", "is not one of ours"],
    ["another action's", token.replace("bake-image", "roll-out"), 'made by "roll-out"'],
    ["another execution's", token.replace("execution-1", "execution-2"), 'in execution "execution-2"'],
    ["without its state", token.replace('{"imageArn":"arn"}', "{}"), "lacks imageArn"],
    ["with a state of another type", token.replace('"arn"', "7"), "lacks imageArn"],
  ])("is refused when it is %s", (_what, text, message) =>
    expect(() => decodeContinuation(text, "bake-image", "execution-1", ["imageArn"])).toThrow(message),
  );
});

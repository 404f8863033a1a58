import { clientToken } from "../../../lambda/shared/client-token";

const attempt = { executionId: "execution", functionName: "bake-image", jobId: "job-1" };

describe("a client token", () => {
  it("is the same when a job is delivered twice", () =>
    expect(clientToken({ ...attempt }, "start")).toBe(clientToken(attempt, "start")));

  it("looks like a UUID", () =>
    expect(clientToken(attempt, "start")).toMatch(
      /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/,
    ));

  it.each([
    ["a retried stage", { ...attempt, jobId: "job-2" }, "start"],
    ["another execution", { ...attempt, executionId: "other" }, "start"],
    ["another function", { ...attempt, functionName: "roll-out" }, "start"],
    ["another purpose", attempt, "update"],
  ])("is another one for %s", (_what, other, purpose) =>
    expect(clientToken(other, purpose)).not.toBe(clientToken(attempt, "start")),
  );
});

import { type Answer, LoadReport } from "../../../rehearsal/drills/load-report";

const answer = (at: number, version: string, status = 200, instance = `i-${version}`): Answer => ({
  at,
  status,
  version,
  instance,
});
const unanswered = (at: number, error: string): Answer => ({
  at,
  status: 0,
  version: undefined,
  instance: undefined,
  error,
});
const refused: Answer = { at: 5000, status: 503, version: undefined, instance: undefined };

describe("a load report", () => {
  it.each([
    [200, 0],
    [204, 0],
    [199, 1],
    [302, 1],
    [404, 1],
    [500, 1],
    [0, 1],
  ])("counts status %d as %d failed requests", (status, failed) => {
    expect(new LoadReport([answer(1, "1.0.1", status)], 1).failed).toHaveLength(failed);
  });

  it("names who failed: the instance, the load balancer, or why there was no answer", () => {
    const answers = [
      answer(1, "1.0.1"),
      answer(2, "1.0.2", 500, "i-2"),
      answer(3, "1.0.2", 500, "i-2"),
      unanswered(4, "ECONNRESET"),
      refused,
    ];
    const report = new LoadReport(answers, 1);
    expect([...report.failuresBySource]).toEqual([
      ["i-2", 2],
      ["ECONNRESET", 1],
      ["status 503 of the load balancer", 1],
    ]);
    expect(report.toString()).toBe(
      "4 failed of 5 requests (i-2: 2, ECONNRESET: 1, status 503 of the load balancer: 1)",
    );
  });

  it("says from when to when each version answered, in the order of their first answers", () => {
    const answers = [answer(1, "1.0.1"), answer(2, "1.0.2"), answer(3, "1.0.1"), refused, answer(6, "1.0.2")];
    expect(new LoadReport(answers, 1).versions).toEqual([
      { version: "1.0.1", answers: 2, firstAt: 1, lastAt: 3 },
      { version: "1.0.2", answers: 2, firstAt: 2, lastAt: 6 },
    ]);
  });

  it("leaves out what was over before a moment", () => {
    const report = new LoadReport(
      [answer(1000, "1.0.1", 500), answer(2000, "1.0.1"), answer(4000, "1.0.2")],
      3,
    );
    const after = report.after(2000);
    expect(after.toString()).toBe("0 failed of 1 requests");
    expect(after.versions.map(({ version }) => version)).toEqual(["1.0.2"]);
    expect(after.seconds).toBe(2);
  });

  it("knows the rate", () => {
    expect(new LoadReport([answer(1, "1.0.1"), answer(2, "1.0.1")], 0.5).rate).toBe(4);
    expect(new LoadReport([], 0).rate).toBe(0);
  });
});

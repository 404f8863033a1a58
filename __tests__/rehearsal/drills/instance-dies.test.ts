import { demandLostWith } from "../../../rehearsal/drills/instance-dies";
import { type Answer, LoadReport } from "../../../rehearsal/drills/load-report";

const answer = (at: number, status: number): Answer => ({
  at,
  status,
  version: undefined,
  instance: undefined,
});
/** What is said of requests that failed, when an instance died at 1000 and health checks take 500. */
const said = (...failed: readonly Answer[]) => demandLostWith(new LoadReport(failed, 1), 1000, 500);

describe("requests that are lost with an instance that dies", () => {
  it("are counted", () => {
    expect(said()).toBe("no request with it");
    expect(said(answer(1001, 0), answer(1300, 502))).toBe("2 requests with it, the last one after 300 ms");
  });

  it.each([
    ["before it died", answer(999, 502), /1 requests failed before the instance died/],
    ["when health checks had long found out", answer(1501, 502), /for 501 ms after the instance had died/],
    ["at an instance that lives", answer(1001, 500), /otherwise than with the instance/],
    ["because nobody was left", answer(1001, 503), /otherwise than with the instance/],
  ])("are not those that fail %s", (_, failed, message) => {
    expect(() => said(failed)).toThrow(message);
  });
});

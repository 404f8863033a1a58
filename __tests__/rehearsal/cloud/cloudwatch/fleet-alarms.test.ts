import { FleetAlarms } from "../../../../constructs/fleet/fleet-alarms";
import { synthesizeConstruct } from "../../../support/synthesized";
import { AlarmHarness, dimensionsOf } from "./alarm-harness";
import { alarmInput } from "./alarm-input";

/** A minute without a request, all hosts as they should be. */
const quiet = { HealthyHostCount: 2, UnHealthyHostCount: 0 };

describe("a fleet's alarms", () => {
  let harness: AlarmHarness;
  const make = async (fleet: string, startSeconds = 300) => {
    const [TargetGroup, LoadBalancer] = dimensionsOf(fleet).map(({ Value }) => Value) as [string, string];
    const alarms = synthesizeConstruct((scope) => {
      new FleetAlarms(scope, "Alarms", {
        serverErrorsName: `${fleet}-server-errors`,
        unhealthyHostsName: `${fleet}-unhealthy-hosts`,
        dimensions: { LoadBalancer, TargetGroup },
        startSeconds,
      });
    }).resources("aws_cloudwatch_metric_alarm");
    for (const alarm of Object.values(alarms)) await harness.alarms.put(alarmInput(alarm));
    expect(Object.keys(alarms)).toHaveLength(2);
  };
  beforeEach(async () => {
    harness = new AlarmHarness();
    await make("hello");
  });
  const unhealthy = () => harness.state("hello-unhealthy-hosts");
  const errors = () => harness.state("hello-server-errors");

  it("are OK before there is any data", async () => {
    await harness.pass();
    expect([unhealthy(), errors()]).toEqual(["OK", "OK"]);
  });

  const minutes = async (...counts: number[]) => {
    for (const count of counts) await harness.minute({ HealthyHostCount: 2, UnHealthyHostCount: count });
  };

  it.each([
    ["the first one of a fleet", [1, 1, 1, 1, 1, 1, 0]],
    ["replaced after a while of service", [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]],
    ["one of two, the other a little later", [0, 1, 2, 2, 2, 2, 1, 0]],
  ])("stay OK while a host takes five minutes to start: %s", async (_, counts) => {
    for (const count of counts) {
      await minutes(count);
      expect(unhealthy()).toBe("OK");
    }
  });

  it("fire when a host is unhealthy for longer than it may take to start", async () => {
    await minutes(0, 1, 1, 1, 1, 1, 1);
    expect(unhealthy()).toBe("OK");
    await minutes(1);
    expect(unhealthy()).toBe("ALARM");
  });

  it("fire when hosts that don't get ready are replaced by others that don't, whatever the gap between them", async () => {
    await minutes(1, 1, 1, 1, 1, 0, 0, 1, 1);
    expect(unhealthy()).toBe("ALARM");
  });

  it("are OK again some minutes after the unhealthy ones are gone", async () => {
    await minutes(1, 1, 1, 1, 1, 1, 1, 0, 0, 0);
    expect(unhealthy()).toBe("ALARM");
    await minutes(0);
    expect(unhealthy()).toBe("OK");
  });

  it.each([
    [120, 4],
    [150, 5],
    [3600, 62],
  ])("allow for a start of %i seconds: %i minutes are too many", async (startSeconds, tooMany) => {
    await make("slow", startSeconds);
    const minute = () => harness.minute({ UnHealthyHostCount: 1 }, "slow");
    for (let count = 1; count < tooMany; count++) await minute();
    expect(harness.state("slow-unhealthy-hosts")).toBe("OK");
    await minute();
    expect(harness.state("slow-unhealthy-hosts")).toBe("ALARM");
  });

  it("don't take note of a period that goes on", async () => {
    await minutes(0, 1, 1, 1, 1, 1, 1);
    harness.metrics.record(
      { namespace: "AWS/ApplicationELB", name: "UnHealthyHostCount", dimensions: dimensionsOf("hello") },
      1,
    );
    harness.now += 59;
    await harness.evaluator.evaluateAll();
    expect(unhealthy()).toBe("OK");
  });

  it.each([
    ["OK", 1, 100],
    ["ALARM", 2, 100],
    ["ALARM", 1, 1],
    ["OK", 10, 1001],
  ])("are %s when %i of %i requests are answered with 5xx", async (state, failed, requests) => {
    await harness.minute({ ...quiet, RequestCount: requests, HTTPCode_Target_5XX_Count: failed });
    expect(errors()).toBe(state);
  });

  it("stay OK without traffic, and with traffic without errors", async () => {
    for (const minute of [quiet, { ...quiet, RequestCount: 50 }, quiet, { RequestCount: 50 }]) {
      await harness.minute(minute);
      expect(errors()).toBe("OK");
    }
  });

  it("are OK again when requests succeed", async () => {
    await harness.minute({ RequestCount: 10, HTTPCode_Target_5XX_Count: 10 });
    expect(errors()).toBe("ALARM");
    await harness.minute({ RequestCount: 10 });
    expect(errors()).toBe("OK");
  });

  it("of one fleet are not set off by another's", async () => {
    await make("other");
    for (let minute = 0; minute < 7; minute++)
      await harness.minute({ UnHealthyHostCount: 1, RequestCount: 5, HTTPCode_Target_5XX_Count: 5 }, "other");
    expect([unhealthy(), errors()]).toEqual(["OK", "OK"]);
    expect(harness.state("other-unhealthy-hosts")).toBe("ALARM");
    expect(harness.state("other-server-errors")).toBe("ALARM");
  });
});

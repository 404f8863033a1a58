import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { FleetAlarms } from "../../../../constructs/fleet/fleet-alarms";
import { synthesizeConstruct } from "../../../support/synthesized";
import { AlarmHarness, dimensionsOf } from "./alarm-harness";

type Block = Readonly<Record<string, unknown>>;

/** What Terraform asks for: its names are AWS's in snake case. */
function alarmInput(resource: Block): PutMetricAlarmInput {
  const pascal = (block: Block): Block =>
    Object.fromEntries(
      Object.entries(block).map(([key, value]) => [
        key.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase()),
        key === "dimensions"
          ? Object.entries(value as object).map(([Name, Value]) => ({ Name, Value }))
          : value,
      ]),
    );
  const { MetricQuery, ...alarm } = pascal(resource);
  if (!MetricQuery) return alarm as unknown as PutMetricAlarmInput;
  const Metrics = (MetricQuery as Block[]).map(pascal).map(({ Metric, ...query }) => {
    if (!Metric) return query;
    const { Period, Stat, ...metric } = pascal(Metric as Block);
    return {
      ...query,
      ReturnData: query["ReturnData"] ?? false,
      MetricStat: { Period, Stat, Metric: metric },
    };
  });
  return { ...alarm, Metrics } as unknown as PutMetricAlarmInput;
}

/** A minute without a request, all hosts as they should be. */
const quiet = { HealthyHostCount: 2, UnHealthyHostCount: 0 };

describe("a fleet's alarms", () => {
  let harness: AlarmHarness;
  const make = async (fleet: string) => {
    const [TargetGroup, LoadBalancer] = dimensionsOf(fleet).map(({ Value }) => Value) as [string, string];
    const alarms = synthesizeConstruct((scope) => {
      new FleetAlarms(scope, "Alarms", {
        serverErrorsName: `${fleet}-server-errors`,
        unhealthyHostsName: `${fleet}-unhealthy-hosts`,
        dimensions: { LoadBalancer, TargetGroup },
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

  it("stay OK when a host is unhealthy for one period, or two, or now and then", async () => {
    for (const count of [0, 1, 0, 1, 1, 0, 1, 1, 0]) {
      await harness.minute({ HealthyHostCount: 2, UnHealthyHostCount: count });
      expect(unhealthy()).toBe("OK");
    }
  });

  it("stay OK while a host is the first one, and unhealthy for two periods", async () => {
    for (const count of [1, 1]) await harness.minute({ UnHealthyHostCount: count });
    expect(unhealthy()).toBe("OK");
  });

  it("fire when a host is unhealthy for three periods, and are OK after the next one", async () => {
    for (const count of [0, 0, 1, 1]) await harness.minute({ UnHealthyHostCount: count });
    expect(unhealthy()).toBe("OK");
    await harness.minute({ UnHealthyHostCount: 1 });
    expect(unhealthy()).toBe("ALARM");
    await harness.minute(quiet);
    expect(unhealthy()).toBe("OK");
  });

  it("don't take note of a period that goes on", async () => {
    for (const count of [0, 1, 1]) await harness.minute({ UnHealthyHostCount: count });
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
    for (let minute = 0; minute < 3; minute++)
      await harness.minute({ UnHealthyHostCount: 1, RequestCount: 5, HTTPCode_Target_5XX_Count: 5 }, "other");
    expect([unhealthy(), errors()]).toEqual(["OK", "OK"]);
    expect(harness.state("other-unhealthy-hosts")).toBe("ALARM");
    expect(harness.state("other-server-errors")).toBe("ALARM");
  });
});

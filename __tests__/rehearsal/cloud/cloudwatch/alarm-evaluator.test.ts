import type { PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { AlarmHarness, dimensionsOf, namespace } from "./alarm-harness";

const alarm: PutMetricAlarmInput = {
  AlarmName: "errors",
  Namespace: namespace,
  MetricName: "HTTPCode_Target_5XX_Count",
  Dimensions: dimensionsOf("hello"),
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  DatapointsToAlarm: 1,
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 1,
};
const expression = (text: string): PutMetricAlarmInput => ({
  AlarmName: "expression",
  EvaluationPeriods: 1,
  ComparisonOperator: "GreaterThanThreshold",
  Threshold: 1,
  TreatMissingData: "notBreaching",
  Metrics: [
    {
      Id: "errors",
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: "HTTPCode_Target_5XX_Count",
          Dimensions: dimensionsOf("hello"),
        },
        Period: 60,
        Stat: "Sum",
      },
    },
    { Id: "result", Expression: text, Label: "so many", ReturnData: true },
  ],
});

describe("the evaluation of alarms", () => {
  let harness: AlarmHarness;
  beforeEach(() => (harness = new AlarmHarness()));
  const put = (...alarms: PutMetricAlarmInput[]) => Promise.all(alarms.map((one) => harness.alarms.put(one)));

  it("sets a state only when it changes, with CloudWatch's words", async () => {
    await put(alarm);
    for (const errors of [0.5, 0.5, 5, 5, 1]) await harness.minute({ HTTPCode_Target_5XX_Count: errors });
    expect(harness.set.map(({ StateValue, StateReason }) => [StateValue, StateReason])).toEqual([
      [
        "OK",
        "Threshold Crossed: 1 out of the last 1 datapoints [0.5 (24/11/26 10:00:00)] was not greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).",
      ],
      [
        "ALARM",
        "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (24/11/26 10:00:00)] was greater than the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
      ],
      [
        "OK",
        "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (24/11/26 10:00:00)] was not greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).",
      ],
    ]);
    expect(JSON.parse(harness.set[1]!.StateReasonData!)).toEqual({
      version: "1.0",
      queryDate: "2026-11-24T10:00:00.780+0000",
      startDate: "2026-11-24T10:00:00.720+0000",
      statistic: "Sum",
      period: 60,
      recentDatapoints: [5],
      threshold: 1,
      evaluatedDatapoints: [{ timestamp: "2026-11-24T10:00:00.720+0000", sampleCount: 1, value: 5 }],
    });
  });

  it.each([
    [
      "several data points, the newest first",
      { EvaluationPeriods: 2, DatapointsToAlarm: undefined },
      [2, 3],
      "Threshold Crossed: 2 datapoints [3.0 (24/11/26 10:00:00), 2.0 (24/11/26 10:00:00)] were greater than the threshold (1.0).",
    ],
    [
      "M out of N",
      { EvaluationPeriods: 3, DatapointsToAlarm: 2, ComparisonOperator: "GreaterThanOrEqualToThreshold" },
      [2.5, 0, 1],
      "Threshold Crossed: 2 out of the last 3 datapoints [1.0 (24/11/26 10:00:00), 2.5 (24/11/26 10:00:00)] were greater than or equal to the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition).",
    ],
    [
      "missing data that breaches",
      { EvaluationPeriods: 3, DatapointsToAlarm: undefined, TreatMissingData: "breaching" },
      [],
      "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
    ],
    [
      "data that breaches with missing data that does",
      { EvaluationPeriods: 2, DatapointsToAlarm: 2, TreatMissingData: "breaching" },
      [4],
      "Threshold Crossed: 1 out of the last 2 datapoints [4.0 (24/11/26 10:00:00)] was greater than the threshold (1.0) and 1 missing datapoint was treated as [Breaching] (minimum 2 datapoints for OK -> ALARM transition).",
    ],
  ] as [string, Partial<PutMetricAlarmInput>, number[], string][])(
    "words %s",
    async (_, changes, values, reason) => {
      await put({ ...alarm, ...changes });
      for (const value of values) await harness.minute({ HTTPCode_Target_5XX_Count: value });
      if (values.length === 0) await harness.pass();
      expect(harness.state("errors")).toBe("ALARM");
      expect(harness.set.at(-1)!.StateReason).toBe(reason);
    },
  );

  it("goes from OK to INSUFFICIENT_DATA when all data are missing", async () => {
    await put(alarm);
    await harness.minute({ HTTPCode_Target_5XX_Count: 0 });
    await harness.pass(3);
    expect(harness.set.map(({ StateValue }) => StateValue)).toEqual(["OK", "INSUFFICIENT_DATA"]);
    expect(harness.set[1]!.StateReason).toBe("Insufficient Data: 1 datapoint was unknown.");
  });

  it("takes back a state that somebody else has set", async () => {
    await put(alarm);
    await harness.minute({ HTTPCode_Target_5XX_Count: 0 });
    harness.stored.set("errors", { ...harness.stored.get("errors"), StateValue: "ALARM" });
    await harness.evaluator.evaluateAll();
    expect(harness.state("errors")).toBe("OK");
  });

  it("tells EventBridge what has changed", async () => {
    await put({ ...alarm, AlarmDescription: "too many" });
    await harness.minute({ HTTPCode_Target_5XX_Count: 5 });
    expect(harness.events).toMatchObject([
      {
        source: "aws.cloudwatch",
        detailType: "CloudWatch Alarm State Change",
        resources: ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:errors"],
        detail: {
          alarmName: "errors",
          configuration: {
            description: "too many",
            metrics: [
              {
                metricStat: {
                  metric: {
                    namespace,
                    name: "HTTPCode_Target_5XX_Count",
                    dimensions: {
                      TargetGroup: "targetgroup/hello/0123456789abcdef",
                      LoadBalancer: "app/hello/0123456789abcdef",
                    },
                  },
                  period: 60,
                  stat: "Sum",
                },
                returnData: true,
              },
            ],
          },
          previousState: { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation" },
          state: { value: "ALARM", timestamp: "2026-11-24T10:00:00.660+0000" },
        },
      },
    ]);
    await harness.minute({ HTTPCode_Target_5XX_Count: 5 });
    expect(harness.events).toHaveLength(1);
  });

  it("evaluates expressions about expressions", async () => {
    const { Metrics = [], ...rest } = expression("twice + 1");
    await put({
      ...rest,
      Metrics: [...Metrics, { Id: "twice", Expression: "2 * errors", ReturnData: false }],
    });
    await harness.minute({ HTTPCode_Target_5XX_Count: 3 });
    expect(harness.set[0]!.StateReason).toContain("1 datapoint [7.0 ");
    expect(JSON.parse(harness.set[0]!.StateReasonData!)).not.toHaveProperty("statistic");
    expect(harness.events[0]!.detail["configuration"]).toMatchObject({
      metrics: [
        { id: "errors" },
        { id: "result", expression: "twice + 1", label: "so many" },
        { id: "twice" },
      ],
    });
  });

  it.each([
    ["a function", expression("RATE(errors)"), "expression RATE(errors): RATE of 1"],
    ["an expression about itself", expression("result + 1"), "expression of result: it is about itself"],
    ["an unknown id", expression("warnings + 1"), "id warnings: no query has it"],
    ["a statistic", { ...alarm, ExtendedStatistic: "tm90" }, "statistic tm90"],
    ["a unit", { ...alarm, Unit: "Seconds" }, "unit Seconds"],
    [
      "a comparison",
      { ...alarm, ComparisonOperator: "GreaterThanUpperThreshold" },
      "comparison operator GreaterThanUpperThreshold",
    ],
  ] as [string, PutMetricAlarmInput, string][])(
    "says by name, once, that it can't evaluate %s, and is not OK",
    async (_, input, named) => {
      await put(input);
      const name = input.AlarmName!;
      harness.stored.set(name, { ...harness.stored.get(name), StateValue: "OK" });
      await harness.minute({ HTTPCode_Target_5XX_Count: 0 });
      await harness.minute({ HTTPCode_Target_5XX_Count: 0 });
      expect(harness.set).toMatchObject([
        { StateValue: "INSUFFICIENT_DATA", StateReason: `The rehearsal can't evaluate ${named}.` },
      ]);
      expect(harness.logged.filter((line) => line.includes("can't be"))).toEqual([
        `cloudwatch: ${name} can't be evaluated: ${named}`,
      ]);
    },
  );

  it("gives the reason also to an alarm that is new", async () => {
    await put(expression("RATE(errors)"));
    await harness.pass(2);
    expect(harness.set).toHaveLength(1);
    expect(harness.events).toEqual([]);
  });

  it("refuses metrics of different periods, and of other namespaces beside its own", async () => {
    const { Metrics = [], ...rest } = expression("errors + other");
    const other = (Period: number, Namespace: string) => ({
      Id: "other",
      ReturnData: false,
      MetricStat: { Metric: { Namespace, MetricName: "Other" }, Period, Stat: "Sum" },
    });
    await put({ ...rest, Metrics: [...Metrics, other(300, namespace)] });
    await harness.pass();
    expect(harness.set[0]!.StateReason).toContain("metrics with periods of 60 and 300 seconds");
    await put({ ...rest, Metrics: [...Metrics, other(60, "AWS/EC2")] });
    await harness.pass();
    expect(harness.set[1]!.StateReason).toContain("metric other: namespace AWS/EC2");
  });

  it("leaves alarms on other namespaces to the emulator", async () => {
    await put({ ...alarm, Namespace: "Shop", TreatMissingData: "breaching" });
    await harness.pass(5);
    expect(harness.set).toEqual([]);
  });

  it("says that an expression is not known when the alarm did not come by way of the gateway", async () => {
    const { Metrics: _, ...forgotten } = expression("errors");
    await put(forgotten);
    await harness.pass(2);
    expect(harness.set).toEqual([]);
    expect(harness.logged).toEqual([
      expect.stringContaining("expression can't be evaluated: metric math that came"),
    ]);
  });

  it("goes on with the others when one alarm fails", async () => {
    await put({ ...alarm, AlarmName: "broken" }, alarm);
    harness.stored.set("broken", { ...harness.stored.get("broken"), EvaluationPeriods: Infinity });
    await harness.minute({ HTTPCode_Target_5XX_Count: 5 });
    expect(harness.state("errors")).toBe("ALARM");
    expect(harness.logged.filter((line) => line.includes("broken"))).toEqual([
      "cloudwatch: broken can't be evaluated: RangeError: Invalid array length",
    ]);
  });

  it("runs until the cloud ends", async () => {
    await put(alarm);
    const running = harness.evaluator.run();
    harness.metrics.record({ namespace, name: alarm.MetricName!, dimensions: alarm.Dimensions! }, 5);
    harness.now += 60;
    while (harness.state("errors") !== "ALARM") await new Promise((resolve) => setTimeout(resolve, 5));
    harness.end();
    await running;
  });
});

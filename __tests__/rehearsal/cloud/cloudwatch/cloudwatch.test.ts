import {
  CloudWatchClient,
  CloudWatchServiceException,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { mockClient } from "aws-sdk-client-mock";
import type { Cloud } from "../../../../rehearsal/cloud/cloud";
import { cloudWatch } from "../../../../rehearsal/cloud/cloudwatch/cloudwatch";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf, TestCloud } from "../../../support/test-cloud";
import { AlarmHarness, namespace } from "./alarm-harness";

describe("CloudWatch", () => {
  const gateway = new GatewayHarness();
  let emulator: AlarmHarness;
  let cloud: TestCloud;
  let part: ReturnType<typeof cloudWatch>;
  beforeEach(async () => {
    emulator = new AlarmHarness();
    cloud = new TestCloud();
    const { clock, metrics, client } = emulator;
    const backend = { cloudWatch: client } as Cloud["backend"];
    const whole = Object.assign(Object.create(cloud) as Cloud, { backend });
    part = cloudWatch({ cloud: whole, model: modelOf("cloudwatch"), clock, metrics });
    gateway.parts = [part];
    gateway.asked.length = 0;
    gateway.denied.clear();
    await gateway.start();
  });
  afterEach(async () => {
    cloud.remove();
    await part.close?.();
    await gateway.stop();
  });

  /** As Terraform sends it. */
  const call = async (parameters: Readonly<Record<string, string>>) => {
    const answer = await fetch(gateway.endpoint, {
      method: "POST",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-central-1/monitoring/aws4_request, ...",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ Version: "2010-08-01", ...parameters }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  const put = {
    Action: "PutMetricAlarm",
    AlarmName: "errors",
    EvaluationPeriods: "1",
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: "1",
    TreatMissingData: "notBreaching",
    "Metrics.member.1.Id": "errors",
    "Metrics.member.1.ReturnData": "false",
    "Metrics.member.1.MetricStat.Metric.Namespace": namespace,
    "Metrics.member.1.MetricStat.Metric.MetricName": "HTTPCode_Target_5XX_Count",
    "Metrics.member.1.MetricStat.Period": "60",
    "Metrics.member.1.MetricStat.Stat": "Sum",
    "Metrics.member.2.Id": "percentage",
    "Metrics.member.2.Expression": "100 * FILL(errors, 0)",
    "Metrics.member.2.ReturnData": "true",
  };
  const alarmArn = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:errors";

  it("keeps the expressions of alarms, which the emulator forgets, and evaluates them", async () => {
    expect(await call(put)).toMatchObject({ status: 200 });
    const { body } = await call({ Action: "DescribeAlarms", "AlarmNames.member.1": "errors" });
    expect(body).toContain("<Expression>100 * FILL(errors, 0)</Expression>");
    expect(body).not.toMatch(/<\/Metrics>.*<Statistic>|<Statistic>.*<Metrics>/);
    while (emulator.set.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(emulator.state("errors")).toBe("OK");
    expect(gateway.asked).toEqual([
      { action: "cloudwatch:PutMetricAlarm", resource: alarmArn },
      { action: "cloudwatch:DescribeAlarms", resource: alarmArn.replace(/errors$/, "*") },
    ]);
  });

  it("is the same to clients that speak JSON, which are the newer ones", async () => {
    const client = new CloudWatchClient(gateway.client);
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: "errors",
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 1,
        TreatMissingData: "notBreaching",
        Metrics: [{ Id: "percentage", Expression: "100 * FILL(errors, 0)", ReturnData: true }],
      }),
    );
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms![0]!.Metrics![0]!.Expression).toBe("100 * FILL(errors, 0)");
    gateway.denied.add("cloudwatch:DescribeAlarms");
    await expect(client.send(new DescribeAlarmsCommand({}))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  it("forgets them when the alarm is put on a metric", async () => {
    await call(put);
    const { Action, AlarmName, EvaluationPeriods, ComparisonOperator, Threshold } = put;
    const plain = { Action, AlarmName, EvaluationPeriods, ComparisonOperator, Threshold };
    await call({
      ...plain,
      Namespace: namespace,
      MetricName: "RequestCount",
      Statistic: "Sum",
      Period: "60",
    });
    const { body } = await call({ Action: "DescribeAlarms" });
    expect(body).toContain("<MetricName>RequestCount</MetricName>");
    expect(body).not.toContain("<Expression>");
  });

  it("asks for tags of their own", async () => {
    await call({ ...put, "Tags.member.1.Key": "Project", "Tags.member.1.Value": "shop" });
    expect(gateway.asked.map(({ action }) => action)).toEqual([
      "cloudwatch:PutMetricAlarm",
      "cloudwatch:TagResource",
    ]);
  });

  it("puts nothing for who may not", async () => {
    gateway.denied.add("cloudwatch:PutMetricAlarm");
    expect((await call(put)).body).toContain("not authorized");
    expect(emulator.stored.size).toBe(0);
  });

  it("refuses what the emulator refuses", async () => {
    mockClient(emulator.client)
      .on(PutMetricAlarmCommand)
      .rejects(
        new CloudWatchServiceException({
          name: "LimitExceeded",
          message: "too many alarms",
          $fault: "client",
          $metadata: { httpStatusCode: 400 },
        }),
      )
      .on(DescribeAlarmsCommand)
      .resolves({});
    const { status, body } = await call(put);
    expect(status).toBe(400);
    expect(body).toContain("<Code>LimitExceeded</Code><Message>too many alarms</Message>");
  });
});

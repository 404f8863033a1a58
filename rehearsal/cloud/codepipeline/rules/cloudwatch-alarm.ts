import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { Clock } from "../../instances/clock";
import { pause } from "../../instances/every";
import { ActionFailure, interruption } from "../action-failure";
import type { RuleContext, RuleRunner } from "./rule-runner";

const defaultStates = ["OK", "INSUFFICIENT_DATA"];
/** AWS does not say how often it looks. */
const lookEverySeconds = 5;

/**
 * Before a stage, an alarm has WaitTime to become one of the states that are asked for. After it, the alarm is watched for
 * WaitTime, and may not leave them.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
 */
export function cloudWatchAlarm(clock: Clock): RuleRunner {
  return async (context: RuleContext): Promise<string> => {
    const { AlarmName: name = "", AlarmStates: states, WaitTime: minutes = "0" } = context.configuration;
    const wanted = states ? states.split(",").map((state) => state.trim()) : defaultStates;
    const client = new CloudWatchClient(context.cloud.clientOptions(context.credentials));
    const end = clock.now() + clock.milliseconds(Number(minutes) * 60);
    for (;;) {
      const state = await stateOf(client, name);
      const good = wanted.includes(state);
      const over = clock.now() >= end;
      if (good && (over || context.kind === "BEFORE_ENTRY")) return `The alarm ${name} is in state ${state}`;
      if (!good && (over || context.kind !== "BEFORE_ENTRY"))
        throw new ActionFailure("RuleFailed", `The alarm ${name} is in state ${state}`);
      await pause(Math.min(clock.milliseconds(lookEverySeconds), end - clock.now()), context.abandoned);
      if (context.abandoned.aborted) throw interruption(context.abandoned);
    }
  };
}

async function stateOf(client: CloudWatchClient, name: string): Promise<string> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
  );
  const state = [...MetricAlarms, ...CompositeAlarms][0]?.StateValue;
  if (!state) throw new ActionFailure("ConfigurationError", `The alarm ${name} does not exist`);
  return state;
}

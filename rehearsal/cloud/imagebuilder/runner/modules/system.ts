import { setTimeout as wait } from "node:timers/promises";
import { type ActionModule, StepFailure } from "../action-module";
import { holds } from "../conditions";
import type { InputMap } from "../document";

/** A restart takes no more than its delay here: nothing runs on a build machine that it could change. */
export const reboot: ActionModule = {
  takes: "optional",
  inputs: { delaySeconds: { type: "integer" } },
  async run(inputs, context) {
    const seconds = Number((inputs as InputMap).delaySeconds ?? 0);
    context.log(`Reboot: rebooting in ${seconds} seconds`);
    await wait(Math.min(seconds, 5) * 1000, undefined, { signal: context.signal });
    return {};
  },
};

/** There are no packages to update: what would be is in the log. */
export const updateOs: ActionModule = {
  takes: "optional",
  inputs: { include: { type: "strings" }, exclude: { type: "strings" } },
  async run(inputs, context) {
    const { include = [], exclude = [] } = inputs as InputMap;
    context.log(`UpdateOS: include ${JSON.stringify(include)}, exclude ${JSON.stringify(exclude)}`);
    return {};
  },
};

/** Every comparison has to hold. References have been resolved by the time it runs. */
export const assert: ActionModule = {
  takes: "list",
  inputs: {},
  free: true,
  async run(inputs) {
    for (const condition of inputs as readonly InputMap[])
      if (!holds(condition, { variables: new Map(), steps: new Map() }))
        throw new StepFailure(`Assert: assertion failed: ${JSON.stringify(condition)}`);
    return {};
  },
};

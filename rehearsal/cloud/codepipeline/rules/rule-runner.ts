import type { WorkContext } from "../actions/action-runner";
import type { ConditionKind, RuleRecord } from "../records";

/** What one rule of a condition has to work with. */
export interface RuleContext extends WorkContext {
  readonly rule: RuleRecord;
  readonly kind: ConditionKind;
}

/** Checks one rule. @returns a summary. @throws ActionFailure when the check fails */
export type RuleRunner = (context: RuleContext) => Promise<string>;

import type { TargetHealth, TargetHealthReasonEnum } from "@aws-sdk/client-elastic-load-balancing-v2";

export type CheckResult =
  | { readonly passed: true }
  | { readonly passed: false; readonly reason: TargetHealthReasonEnum; readonly description: string };

export interface Thresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

/** What health checks have found about a target so far. */
export interface Health {
  readonly state: "initial" | "healthy" | "unhealthy";
  readonly reason: TargetHealthReasonEnum | undefined;
  readonly description: string | undefined;
  /** How many checks in a row had the result of the latest one. */
  readonly streak: number;
  readonly lastPassed: boolean;
}

export const unchecked: Health = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
  streak: 0,
  lastPassed: false,
};

/**
 * The next health after one more check. A new target is healthy after its first passed check and unhealthy after as
 * many failed ones as the threshold says; the way back takes the healthy threshold.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function afterCheck(before: Health, result: CheckResult, thresholds: Thresholds): Health {
  const streak = before.streak > 0 && before.lastPassed === result.passed ? before.streak + 1 : 1;
  const counted = { streak, lastPassed: result.passed };
  if (result.passed) {
    const healthy = before.state !== "unhealthy" || streak >= thresholds.healthy;
    return healthy
      ? { ...counted, state: "healthy", reason: undefined, description: undefined }
      : { ...before, ...counted };
  }
  if (before.state === "unhealthy" || streak >= thresholds.unhealthy)
    return { ...counted, state: "unhealthy", reason: result.reason, description: result.description };
  if (before.state === "initial")
    return {
      ...counted,
      state: "initial",
      reason: "Elb.InitialHealthChecking",
      description: "Initial health checks in progress",
    };
  return { ...before, ...counted };
}

export const notInUse: TargetHealth = {
  State: "unused",
  Reason: "Target.NotInUse",
  Description: "Target group is not configured to receive traffic from the load balancer",
};
export const notRegistered: TargetHealth = {
  State: "unused",
  Reason: "Target.NotRegistered",
  Description: "Target is not registered to the target group",
};
export const draining: TargetHealth = {
  State: "draining",
  Reason: "Target.DeregistrationInProgress",
  Description: "Target deregistration is in progress",
};

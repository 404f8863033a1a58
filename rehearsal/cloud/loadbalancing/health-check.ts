import { request } from "node:http";
import { matches } from "./matcher";
import type { CheckResult } from "./target-health";

export interface HealthCheck {
  readonly path: string;
  readonly matcher: string;
  readonly timeoutMilliseconds: number;
}

/** One HTTP health check of a loopback port, on a connection of its own as a load balancer node does. */
export function checkHealth(port: number | undefined, check: HealthCheck): Promise<CheckResult> {
  if (port === undefined) return Promise.resolve(failed);
  return new Promise((resolve) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path: check.path,
        agent: false,
        headers: { "user-agent": "ELB-HealthChecker/2.0", connection: "close" },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        response.resume();
        response.on("error", () => resolve(failed));
        response.on("end", () => {
          clearTimeout(timer);
          resolve(matches(check.matcher, status) ? { passed: true } : mismatch(status));
        });
      },
    );
    const timer = setTimeout(() => {
      resolve({ passed: false, reason: "Target.Timeout", description: "Request timed out" });
      asked.destroy();
    }, check.timeoutMilliseconds);
    asked.on("error", () => {
      clearTimeout(timer);
      resolve(failed);
    });
    asked.end();
  });
}

const failed: CheckResult = {
  passed: false,
  reason: "Target.FailedHealthChecks",
  description: "Health checks failed",
};
const mismatch = (status: number): CheckResult => ({
  passed: false,
  reason: "Target.ResponseCodeMismatch",
  description: `Health checks failed with these codes: [${status}]`,
});

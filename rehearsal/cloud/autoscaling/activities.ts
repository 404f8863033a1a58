import type { Activity } from "@aws-sdk/client-auto-scaling";
import { randomUUID } from "node:crypto";
import type { Group } from "./group";

/** Scaling activities as the service words them. https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-verify-scaling-activity.html */
export function beginActivity(group: Group, description: string, cause: string, details: object): Activity {
  const activity: Activity = {
    ActivityId: randomUUID(),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: description,
    Cause: cause.slice(0, 1023),
    StartTime: new Date(),
    StatusCode: "InProgress",
    Progress: 0,
    Details: JSON.stringify(details),
  };
  group.activities.unshift(activity);
  return activity;
}

export function endActivity(activity: Activity, status: "Successful" | "Failed", message?: string): void {
  activity.StatusCode = status;
  activity.StatusMessage = message?.slice(0, 255);
  activity.EndTime = new Date();
  activity.Progress = 100;
}

/** A moment as causes name it. */
export const at = (date = new Date()): string => `At ${date.toISOString().replace(/\.\d+Z$/, "Z")}`;

export const causes = {
  created: (capacity: number): string =>
    `${at()} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${capacity}.`,
  updated: (min: number, max: number, before: number, after: number): string =>
    `${at()} a user request update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${after} ` +
    `changing the desired capacity from ${before} to ${after}.`,
  set: (before: number, after: number): string =>
    `${at()} a user request explicitly set group desired capacity changing the desired capacity from ${before} to ${after}.`,
  grow: (request: string | undefined, before: number, after: number): string =>
    join(
      request,
      `${at()} an instance was started in response to a difference between desired and actual capacity, ` +
        `increasing the capacity from ${before} to ${after}.`,
    ),
  shrink: (request: string | undefined, before: number, after: number, id: string): string =>
    join(
      request,
      `${at()} an instance was taken out of service in response to a difference between desired and actual capacity, ` +
        `shrinking the capacity from ${before} to ${after}.  ${at()} instance ${id} was selected for termination.`,
    ),
  replacement: (): string =>
    `${at()} an instance was launched in response to an unhealthy instance needing to be replaced.`,
  refreshLaunch: (): string => `${at()} an instance was launched in response to an instance refresh.`,
  refreshTermination: (id: string): string =>
    `${at()} an instance was taken out of service in response to an instance refresh.  ` +
    `${at()} instance ${id} was selected for termination.`,
  userTermination: (id: string): string =>
    `${at()} instance ${id} was taken out of service in response to a user request.`,
  ec2Check: (): string =>
    `${at()} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`,
  elbCheck: (): string =>
    `${at()} an instance was taken out of service in response to an ELB system health check failure.`,
  userCheck: (): string => `${at()} an instance was taken out of service in response to a user health-check.`,
};

const join = (request: string | undefined, rest: string): string => (request ? `${request}  ${rest}` : rest);

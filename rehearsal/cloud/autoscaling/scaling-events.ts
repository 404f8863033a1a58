import type { Activity } from "@aws-sdk/client-auto-scaling";
import { randomUUID } from "node:crypto";
import type { Cloud } from "../cloud";
import type { Group } from "./group";
import type { RefreshEvent } from "./refresh-state";

/** Events of the service. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html */
export class ScalingEvents {
  constructor(private readonly cloud: Cloud) {}

  instance(
    kind: "Launch Successful" | "Launch Unsuccessful" | "Terminate Successful",
    group: Group,
    activity: Activity,
    instanceId: string,
  ): void {
    const { partition, region, accountId } = this.cloud;
    this.cloud.emit({
      source: "aws.autoscaling",
      detailType: `EC2 Instance ${kind}`,
      resources: [
        group.arn,
        ...(instanceId ? [`arn:${partition}:ec2:${region}:${accountId}:instance/${instanceId}`] : []),
      ],
      detail: {
        StatusCode: kind === "Launch Unsuccessful" ? "Failed" : "InProgress",
        Description: activity.Description,
        AutoScalingGroupName: group.name,
        ActivityId: activity.ActivityId,
        Details: JSON.parse(activity.Details ?? "{}") as unknown,
        RequestId: randomUUID(),
        StatusMessage: activity.StatusMessage ?? "",
        EndTime: (activity.EndTime ?? new Date()).toISOString(),
        EC2InstanceId: instanceId,
        StartTime: activity.StartTime!.toISOString(),
        Cause: activity.Cause,
      },
    });
  }

  refresh(group: Group, instanceRefreshId: string, event: RefreshEvent, checkpointDelay: number): void {
    const common = { InstanceRefreshId: instanceRefreshId, AutoScalingGroupName: group.name };
    this.cloud.emit({
      source: "aws.autoscaling",
      detailType: `EC2 Auto Scaling Instance Refresh ${event.type}`,
      resources: [group.arn],
      detail:
        event.type === "Checkpoint Reached"
          ? {
              ...common,
              CheckpointPercentage: String(event.percentage),
              CheckpointDelay: String(checkpointDelay),
            }
          : common,
    });
  }
}

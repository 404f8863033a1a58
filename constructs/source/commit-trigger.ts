import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Construct } from "constructs";
import { Role } from "../shared/role";
import type { Repository } from "./repository";

export interface CommitTriggerProps {
  readonly ruleName: string;
  readonly roleName: string;
  readonly accountId: string;
  readonly repository: Repository;
  readonly branch: string;
  readonly pipelineArn: string;
}

/**
 * Starts the pipeline on every push to the branch, with the commit that the event is about: by the time that the Source
 * action runs, the branch may have a newer one, which has an execution of its own.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/triggering.html
 */
export class CommitTrigger extends Construct {
  constructor(scope: Construct, id: string, props: CommitTriggerProps) {
    super(scope, id);
    const role = new Role(this, "Role", {
      roleName: props.roleName,
      description: "Assumed by EventBridge to start the pipeline on a commit",
      assumedBy: { service: "events.amazonaws.com", onBehalfOfAccount: props.accountId },
    });
    role.allow({ actions: ["codepipeline:StartPipelineExecution"], resources: [props.pipelineArn] });
    const rule = new CloudwatchEventRule(this, "Resource", {
      name: props.ruleName,
      description: `A commit to the branch ${props.branch}`,
      eventPattern: JSON.stringify({
        source: ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        resources: [props.repository.arn],
        detail: {
          event: ["referenceCreated", "referenceUpdated"],
          referenceType: ["branch"],
          referenceName: [props.branch],
        },
      }),
    });
    new CloudwatchEventTarget(this, "Target", {
      rule: rule.name,
      targetId: "pipeline",
      arn: props.pipelineArn,
      roleArn: role.arn,
      inputTransformer: {
        inputPaths: { commitId: "$.detail.commitId" },
        inputTemplate: JSON.stringify(props.repository.startWith("<commitId>")),
      },
      dependsOn: role.policies,
    });
  }
}

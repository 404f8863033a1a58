import { Codepipeline } from "@cdktf/provider-aws/lib/codepipeline";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ArtifactBucket } from "../build/artifact-bucket";
import type { PipelineAction } from "../shared/pipeline-action";
import { Role } from "../shared/role";

export interface DeliveryPipelineProps {
  readonly pipelineName: string;
  readonly roleName: string;
  readonly accountId: string;
  /** How executions wait for each other; not PARALLEL, which would let two of them refresh one group. */
  readonly executionMode: "QUEUED" | "SUPERSEDED";
  readonly artifacts: ArtifactBucket;
  readonly stages: readonly Stage[];
  /** Gone after the pipeline when all is destroyed, so that nothing is released any more by then. */
  readonly outlivedBy: readonly ITerraformDependable[];
}

export interface Stage {
  readonly name: string;
  /** One after the other. */
  readonly actions: readonly PipelineAction[];
  /** When it fails, runs what the last good execution brought through it. @default false: stays as it is */
  readonly rollsBack?: boolean;
}

/**
 * The pipeline from commit to fleet. CodePipeline runs it once when it is made; with the repository empty that execution
 * fails in the first stage.
 */
export class DeliveryPipeline extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryPipelineProps) {
    super(scope, id);
    const role = new Role(this, "Role", {
      roleName: props.roleName,
      description:
        "Assumed by CodePipeline to pass artifacts, fetch the source, start the build and assume the action roles",
      assumedBy: { service: "codepipeline.amazonaws.com", onBehalfOfAccount: props.accountId },
    });
    props.artifacts.grantStore(role);
    const stages = props.stages.map(({ name, actions, rollsBack = false }) => ({
      name,
      rollsBack,
      actions: actions.map((action) => action.bind({ role, artifacts: props.artifacts })),
    }));
    new Codepipeline(this, "Resource", {
      name: props.pipelineName,
      roleArn: role.arn,
      pipelineType: "V2",
      executionMode: props.executionMode,
      artifactStore: [
        {
          type: "S3",
          location: props.artifacts.bucketName,
          encryptionKey: { id: props.artifacts.keyArn, type: "KMS" },
        },
      ],
      stage: stages.map(({ name, actions, rollsBack }) => ({
        name,
        ...(rollsBack ? { onFailure: { result: "ROLLBACK" } } : {}),
        action: actions.map(({ definition }, index) => ({ ...definition, runOrder: index + 1 })),
      })),
      dependsOn: [
        ...role.policies,
        ...props.artifacts.settings,
        ...stages.flatMap(({ actions }) => actions.flatMap(({ dependsOn }) => dependsOn)),
        ...props.outlivedBy,
      ],
    });
  }
}

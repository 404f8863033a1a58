import type { PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import type { Permission } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import { withDefaults } from "./declaration";
import type { ExecutionRecord, PipelineRecord, StageRecord } from "./records";
import { StageLock } from "./stage-lock";

interface PipelineInput {
  readonly name?: string | undefined;
  readonly pipelineName?: string | undefined;
  readonly stageName?: string | undefined;
}

interface ExecutionFilter {
  readonly pipelineExecutionId?: string | undefined;
  readonly latestInPipelineExecution?: { readonly pipelineExecutionId: string | undefined } | undefined;
}

/** The pipelines of the account, and how the operations find what they name. */
export class PipelineStore {
  private readonly pipelines = new Map<string, PipelineRecord>();

  constructor(private readonly cloud: Cloud) {}

  arnOf(name: string): string {
    return `arn:${this.cloud.partition}:codepipeline:${this.cloud.region}:${this.cloud.accountId}:${name}`;
  }

  create(declaration: PipelineDeclaration, tags: ReadonlyMap<string, string>): PipelineRecord {
    const name = declaration.name!;
    if (this.pipelines.has(name))
      throw new ServiceError("PipelineNameInUseException", `A pipeline with the name ${name} exists already`);
    const record: PipelineRecord = {
      arn: this.arnOf(name),
      declaration: withDefaults(declaration, 1),
      versions: new Map(),
      created: new Date(),
      updated: new Date(),
      tags: new Map(tags),
      executions: [],
      stages: new Map(),
    };
    this.fitStages(record);
    this.pipelines.set(name, record);
    return record;
  }

  update(declaration: PipelineDeclaration): PipelineRecord {
    const record = this.get(declaration.name!);
    record.versions.set(record.declaration.version!, record.declaration);
    record.declaration = withDefaults(declaration, record.declaration.version! + 1);
    record.updated = new Date();
    this.fitStages(record);
    // what waits for a stage is cancelled now, what is in a stage when it would leave it
    for (const stage of record.stages.values()) stage.lock.cancel();
    return record;
  }

  /** Opens the stages that both their own transition and that of the stage before let in. */
  applyTransitions(record: PipelineRecord): void {
    let leaves = true;
    for (const { name } of record.declaration.stages!) {
      const stage = record.stages.get(name!)!;
      stage.lock.setOpen(stage.transition.enabled === true && leaves);
      leaves = stage.outboundEnabled;
    }
  }

  delete(name: string): PipelineRecord | undefined {
    const record = this.pipelines.get(name);
    this.pipelines.delete(name);
    return record;
  }

  all(): PipelineRecord[] {
    return [...this.pipelines.values()];
  }

  /** @throws ServiceError PipelineNotFoundException */
  get(name: string): PipelineRecord {
    const record = this.pipelines.get(name);
    if (!record)
      throw new ServiceError(
        "PipelineNotFoundException",
        `Account '${this.cloud.accountId}' does not have a pipeline with name '${name}'`,
      );
    return record;
  }

  /** @throws ServiceError ResourceNotFoundException */
  byArn(arn: string): PipelineRecord {
    const record = this.all().find((candidate) => candidate.arn === arn);
    if (!record) throw new ServiceError("ResourceNotFoundException", `The resource ${arn} was not found`);
    return record;
  }

  /** @throws ServiceError PipelineExecutionNotFoundException */
  execution(pipeline: PipelineRecord, id: string): ExecutionRecord {
    const execution = pipeline.executions.find((candidate) => candidate.id === id);
    if (!execution)
      throw new ServiceError(
        "PipelineExecutionNotFoundException",
        `Pipeline ${pipeline.declaration.name} does not have an execution ${id}`,
      );
    return execution;
  }

  /** The executions that a filter leaves; both its forms name one. */
  executions(pipeline: PipelineRecord, filter: ExecutionFilter | undefined): ExecutionRecord[] {
    const id = filter?.pipelineExecutionId ?? filter?.latestInPipelineExecution?.pipelineExecutionId;
    return id ? [this.execution(pipeline, id)] : pipeline.executions;
  }

  /** What a call about a pipeline has to be allowed. */
  onPipeline(operation: string): (input: PipelineInput) => Permission[] {
    return ({ name, pipelineName }) => [
      { action: `codepipeline:${operation}`, resource: this.arnOf((name ?? pipelineName)!) },
    ];
  }

  /** What a call about a stage has to be allowed. */
  onStage(operation: string): (input: PipelineInput) => Permission[] {
    return ({ pipelineName, stageName }) => [
      { action: `codepipeline:${operation}`, resource: `${this.arnOf(pipelineName!)}/${stageName}` },
    ];
  }

  /** @throws ServiceError StageNotFoundException */
  stage(pipeline: PipelineRecord, name: string): StageRecord {
    const stage = pipeline.stages.get(name);
    if (!stage)
      throw new ServiceError(
        "StageNotFoundException",
        `Pipeline ${pipeline.declaration.name} has no stage ${name}`,
      );
    return stage;
  }

  /** The execution of that id, which has to be the last one that came to the stage. */
  latestOfStage(pipeline: PipelineRecord, stageName: string, id: string): ExecutionRecord {
    if (this.stage(pipeline, stageName).latest?.pipelineExecutionId !== id)
      throw new ServiceError(
        "NotLatestPipelineExecutionException",
        `The execution ${id} is not the latest of stage ${stageName}`,
      );
    return this.execution(pipeline, id);
  }

  /** Stages that stay keep their lock and their history. */
  private fitStages(record: PipelineRecord): void {
    for (const { name } of record.declaration.stages!)
      if (!record.stages.has(name!))
        record.stages.set(name!, {
          lock: new StageLock(),
          transition: { enabled: true },
          outboundEnabled: true,
        });
    this.applyTransitions(record);
  }
}

import {
  type CodePipelineClient,
  type ActionExecutionDetail,
  GetPipelineExecutionCommand,
  paginateListActionExecutions,
  paginateListPipelineExecutions,
  ListPipelineExecutionsCommand,
} from "@aws-sdk/client-codepipeline";
import { setTimeout as pause } from "node:timers/promises";
import { Approvals } from "./approvals";
import type { Progress } from "./progress";

export interface FollowedExecution {
  readonly id: string;
  readonly status: string;
  readonly actions: readonly ActionExecutionDetail[];
}

/** Watches executions as a person in front of the console would, and says every change. */
export class PipelineFollower {
  readonly approvals: Approvals;

  constructor(
    private readonly pipelines: CodePipelineClient,
    readonly pipelineName: string,
    private readonly progress: Progress,
  ) {
    this.approvals = new Approvals(pipelines, pipelineName);
  }

  /** Every execution, the newest first. */
  async executions(): Promise<string[]> {
    const ids: string[] = [];
    const request = { pipelineName: this.pipelineName };
    for await (const page of paginateListPipelineExecutions({ client: this.pipelines }, request))
      ids.push(...(page.pipelineExecutionSummaries ?? []).map((one) => one.pipelineExecutionId!));
    return ids;
  }

  /** The execution of a commit, as soon as the rule has started one. */
  async executionOf(commitId: string, signal: AbortSignal, withinSeconds = 30): Promise<string> {
    for (let waited = 0; waited < withinSeconds; waited += 0.5) {
      const { pipelineExecutionSummaries } = await this.pipelines.send(
        new ListPipelineExecutionsCommand({ pipelineName: this.pipelineName }),
      );
      const found = pipelineExecutionSummaries?.find((execution) =>
        execution.sourceRevisions?.some((revision) => revision.revisionId === commitId),
      );
      if (found) return found.pipelineExecutionId!;
      await pause(500, undefined, { signal });
    }
    throw new Error(`no execution of ${this.pipelineName} took commit ${commitId} within ${withinSeconds} s`);
  }

  /** Follows an execution to its end, saying each action that starts and ends. An approval gets its yes. */
  async follow(id: string, signal: AbortSignal): Promise<FollowedExecution> {
    const said = new Set<string>();
    for (;;) {
      const { pipelineExecution } = await this.pipelines.send(
        new GetPipelineExecutionCommand({ pipelineName: this.pipelineName, pipelineExecutionId: id }),
      );
      const actions = await this.actions(id);
      for (const action of actions) this.say(action, said);
      if (actions.some(waitsForAnswer)) await this.approve(id);
      const status = pipelineExecution!.status!;
      if (status !== "InProgress" && status !== "Stopping") return { id, status, actions };
      await pause(500, undefined, { signal });
    }
  }

  /** The actions of an execution so far, the oldest first. */
  async actions(id: string): Promise<ActionExecutionDetail[]> {
    const actions: ActionExecutionDetail[] = [];
    const request = { pipelineName: this.pipelineName, filter: { pipelineExecutionId: id } };
    for await (const page of paginateListActionExecutions({ client: this.pipelines }, request))
      actions.push(...(page.actionExecutionDetails ?? []));
    return actions.reverse();
  }

  private async approve(id: string): Promise<void> {
    const approval = await this.approvals.waiting(id);
    if (approval) await this.approvals.answer(approval, "Approved", "the rehearsal has nothing against it");
  }

  private say(action: ActionExecutionDetail, said: Set<string>): void {
    const key = `${action.actionExecutionId}/${action.status}`;
    if (said.has(key)) return;
    said.add(key);
    const name = `${action.stageName}/${action.actionName}`;
    if (action.status === "InProgress") return this.progress.line("pipeline", `${name} started`);
    const result = action.output?.executionResult;
    const took = (action.lastUpdateTime!.getTime() - action.startTime!.getTime()) / 1000;
    const text = result?.errorDetails?.message ?? result?.externalExecutionSummary ?? "";
    this.progress.line(
      "pipeline",
      `${name} ${action.status!.toLowerCase()} after ${took.toFixed(1)} s${text ? `: ${text.split("\n")[0]}` : ""}`,
    );
  }
}

const waitsForAnswer = ({ status, input }: ActionExecutionDetail): boolean =>
  status === "InProgress" && input?.actionTypeId?.category === "Approval";

import {
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  type ActionExecutionDetail,
  type CodePipelineClient,
  type PipelineExecution,
} from "@aws-sdk/client-codepipeline";
import { versionFunction } from "../../contract/functions";
import type { ExecutionEvent } from "./execution-event";
import { allPages } from "./pages";

type ExecutionId = Pick<ExecutionEvent, "pipeline" | "executionId">;

export async function getExecution(
  codePipeline: CodePipelineClient,
  { pipeline: pipelineName, executionId: pipelineExecutionId }: ExecutionId,
): Promise<PipelineExecution> {
  const { pipelineExecution } = await codePipeline.send(
    new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
  );
  if (!pipelineExecution)
    throw new Error(`CodePipeline returned no execution ${pipelineExecutionId} of ${pipelineName}`);
  return pipelineExecution;
}

/** Every attempt at every action of an execution so far, the oldest first. */
export async function actionsOf(
  codePipeline: CodePipelineClient,
  { pipeline: pipelineName, executionId: pipelineExecutionId }: ExecutionId,
): Promise<ActionExecutionDetail[]> {
  const actions = await allPages(
    (nextToken) =>
      codePipeline.send(
        new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId }, nextToken }),
      ),
    (page) => page.actionExecutionDetails,
    (page) => page.nextToken,
  );
  return actions.sort((one, other) => startOf(one) - startOf(other));
}

/** The version that the execution has drawn, if it came that far. */
export function drawnVersion(actions: readonly ActionExecutionDetail[]): string | undefined {
  return actions.findLast(
    ({ actionName, output }) => actionName === versionFunction.name && output?.outputVariables?.Version,
  )?.output?.outputVariables?.Version;
}

const startOf = ({ startTime }: ActionExecutionDetail): number => startTime?.getTime() ?? 0;

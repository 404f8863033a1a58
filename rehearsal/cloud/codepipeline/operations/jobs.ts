import type {
  GetJobDetailsInput,
  GetJobDetailsOutput,
  PutJobFailureResultInput,
  PutJobSuccessResultInput,
} from "@aws-sdk/client-codepipeline";
import type { Operation, Permission } from "../../api/service";
import type { JobBoard } from "../jobs";

/** What functions report. None of these actions takes a resource. */
export function jobOperations(jobs: JobBoard, accountId: string) {
  const permit = (operation: string) => (): Permission[] => [
    { action: `codepipeline:${operation}`, resource: "*" },
  ];

  const putJobSuccessResult: Operation<PutJobSuccessResultInput, void> = {
    permissions: permit("PutJobSuccessResult"),
    run({ jobId, continuationToken, executionDetails, outputVariables }) {
      jobs.answer(jobId!, {
        outcome: "success",
        continuationToken,
        outputVariables,
        summary: executionDetails?.summary,
        externalExecutionId: executionDetails?.externalExecutionId,
      });
    },
  };
  const putJobFailureResult: Operation<PutJobFailureResultInput, void> = {
    permissions: permit("PutJobFailureResult"),
    run({ jobId, failureDetails }) {
      jobs.answer(jobId!, {
        outcome: "failure",
        failureType: failureDetails?.type,
        message: failureDetails?.message,
        externalExecutionId: failureDetails?.externalExecutionId,
      });
    },
  };
  const getJobDetails: Operation<GetJobDetailsInput, GetJobDetailsOutput> = {
    permissions: permit("GetJobDetails"),
    run({ jobId }) {
      const { id, subject } = jobs.find(jobId!);
      const { actionTypeId, configuration, pipelineContext } = subject;
      return {
        jobDetails: {
          id,
          accountId,
          data: { actionTypeId, actionConfiguration: { configuration }, pipelineContext },
        },
      };
    },
  };
  return {
    PutJobSuccessResult: putJobSuccessResult,
    PutJobFailureResult: putJobFailureResult,
    GetJobDetails: getJobDetails,
  };
}

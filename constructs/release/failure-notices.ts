import { Construct } from "constructs";
import { announceFailureFunction } from "../../contract/functions";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { ExecutionFunction } from "./execution-function";
import type { NoticesTopic } from "./notices-topic";

export interface FailureNoticesProps {
  readonly functionName: string;
  readonly pipelineName: string;
  readonly pipelineArn: string;
  readonly topic: NoticesTopic;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/** Says which execution failed, where, why and with which commit: the event of a failure has none of it but the first. */
export class FailureNotices extends Construct {
  constructor(scope: Construct, id: string, props: FailureNoticesProps) {
    super(scope, id);
    new ExecutionFunction(this, "AnnounceFailure", {
      ...props,
      contract: announceFailureFunction,
      description: "announces failed executions, with their commits and reasons",
      environment: { TOPIC_ARN: props.topic.arn },
      states: ["FAILED"],
      drill: "never-ready",
    });
  }
}

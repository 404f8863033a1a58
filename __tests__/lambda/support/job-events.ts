import {
  CodePipelineClient,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  type PutJobFailureResultInput,
  type PutJobSuccessResultInput,
} from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";

export const executionId = "0f0e0d0c-0000-4000-8000-000000000001";

export interface JobOptions {
  readonly id?: string;
  readonly parameters: Readonly<Record<string, unknown>> | string;
  readonly continuationToken?: string;
  readonly artifacts?: readonly { readonly bucket: string; readonly key: string }[];
}

/** CodePipeline's event, in the shape of its documentation. */
export function jobEvent({
  id = "job-1",
  parameters,
  continuationToken,
  artifacts = [],
}: JobOptions): object {
  const UserParameters = typeof parameters === "string" ? parameters : JSON.stringify(parameters);
  return {
    "CodePipeline.job": {
      id,
      accountId: "111122223333",
      data: {
        actionConfiguration: { configuration: { FunctionName: "function", UserParameters } },
        inputArtifacts: artifacts.map(({ bucket, key }) => ({
          name: "Build",
          revision: null,
          location: { type: "S3", s3Location: { bucketName: bucket, objectKey: key } },
        })),
        outputArtifacts: [],
        artifactCredentials: {
          accessKeyId: "AKIAEXAMPLE",
          secretAccessKey: "secret",
          sessionToken: "session",
        },
        ...(continuationToken === undefined ? {} : { continuationToken }),
      },
    },
  };
}

/** What the functions told CodePipeline. */
export class Answers {
  readonly mock = mockClient(CodePipelineClient);

  reset(): void {
    this.mock.reset();
    this.mock.on(PutJobSuccessResultCommand).resolves({});
    this.mock.on(PutJobFailureResultCommand).resolves({});
  }

  get successes(): PutJobSuccessResultInput[] {
    return this.mock.commandCalls(PutJobSuccessResultCommand).map((call) => call.args[0].input);
  }
  get failures(): PutJobFailureResultInput[] {
    return this.mock.commandCalls(PutJobFailureResultCommand).map((call) => call.args[0].input);
  }
  get outputs(): Record<string, string> | undefined {
    return this.successes.at(-1)?.outputVariables;
  }
  get token(): string | undefined {
    return this.successes.at(-1)?.continuationToken;
  }
  get failure(): string | undefined {
    return this.failures.at(-1)?.failureDetails?.message;
  }
  get failureType(): string | undefined {
    return this.failures.at(-1)?.failureDetails?.type;
  }
}

/** An error as a service's client throws it. */
export function serviceError(
  name: string,
  message = "the service's own reason",
  httpStatusCode = 400,
): Error {
  return Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode } });
}

/** Keeps a test's output clean; the logs are for CloudWatch. */
export function silenceLogs(): void {
  jest.spyOn(console, "log").mockImplementation(() => undefined);
  jest.spyOn(console, "error").mockImplementation(() => undefined);
}

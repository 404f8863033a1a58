import { configurationError } from "./action-failure";
import { list, object, text } from "./json";

/**
 * The job of a CodePipeline action, as Lambda gets it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Lambda.html#action-reference-Lambda-event
 */
export interface Job {
  readonly id: string;
  readonly userParameters?: string;
  readonly continuationToken?: string;
  readonly inputArtifacts: readonly ArtifactLocation[];
  readonly artifactCredentials?: ArtifactCredentials;
}

export interface ArtifactLocation {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
}

/** Credentials that reach the pipeline's artifacts; never to be logged. */
export interface ArtifactCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** @throws Error when there is no job that could be answered */
export function jobId(event: unknown): string {
  const id = object(object(event)?.["CodePipeline.job"])?.id;
  if (typeof id === "string" && id !== "") return id;
  throw new Error('the event is no job of CodePipeline: it lacks "CodePipeline.job".id');
}

/** @throws ActionFailure that names what the event lacks */
export function parseJob(event: unknown): Job {
  const data = object(object(object(event)?.["CodePipeline.job"])?.data);
  if (!data) throw configurationError('the event of CodePipeline lacks "CodePipeline.job".data');
  const configuration = object(object(data.actionConfiguration)?.configuration);
  if (!configuration)
    throw configurationError("the event of CodePipeline lacks data.actionConfiguration.configuration");
  return {
    id: jobId(event),
    userParameters: text(configuration.UserParameters),
    continuationToken: text(data.continuationToken),
    inputArtifacts: list(data.inputArtifacts).map(parseArtifact),
    artifactCredentials: parseCredentials(data.artifactCredentials),
  };
}

function parseArtifact(value: unknown): ArtifactLocation {
  const artifact = object(value);
  const location = object(object(artifact?.location)?.s3Location);
  const [name, bucket, key] = [text(artifact?.name), text(location?.bucketName), text(location?.objectKey)];
  if (!name || !bucket || !key)
    throw configurationError(
      "the event of CodePipeline has an input artifact without name, bucketName or objectKey",
    );
  return { name, bucket, key };
}

function parseCredentials(value: unknown): ArtifactCredentials | undefined {
  const given = object(value);
  const [accessKeyId, secretAccessKey] = [text(given?.accessKeyId), text(given?.secretAccessKey)];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: text(given?.sessionToken) };
}

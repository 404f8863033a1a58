import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { Permission } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import { DocumentError } from "./document-fields";
import { invalidValue } from "./resources";

interface Source {
  readonly data?: string | undefined;
  readonly uri?: string | undefined;
}

const s3Uri = /^s3:\/\/([^/]+)\/(.+)$/;

/** The text of a component's or workflow's document, which a request holds or says where it is. */
export async function documentSource(cloud: Cloud, { data, uri }: Source): Promise<string> {
  if ((data === undefined) === (uri === undefined))
    throw new ServiceError(
      "InvalidParameterCombinationException",
      "Exactly one of 'data' and 'uri' must be supplied.",
    );
  if (data !== undefined) return data;
  const [, bucket, key] = s3Uri.exec(uri!) ?? [];
  if (!bucket) throw invalidValue("uri", "It must be of the form s3://bucket/key.");
  const object = await cloud.backend.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch(() => {
    throw invalidValue("uri", `The object ${uri} could not be read.`);
  });
  return object.Body!.transformToString();
}

/** Whoever names a document in S3 must be allowed to read it. */
export function sourcePermissions({ uri }: Source): Permission[] {
  const [, bucket, key] = (uri && s3Uri.exec(uri)) || [];
  return bucket ? [{ action: "s3:GetObject", resource: `arn:aws:s3:::${bucket}/${key}` }] : [];
}

/** @throws ServiceError InvalidParameterValueException with what is wrong in the document */
export function parsed<T>(parse: () => T, { uri }: Source): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw invalidValue(uri ? "uri" : "data", `Failed to parse document. Error: ${error.message}`);
  }
}

/** A request that only asks whether it would succeed has got that far. @throws ServiceError DryRunOperationException */
export function endDryRun(input: object): void {
  if ((input as { dryRun?: boolean }).dryRun)
    throw new ServiceError(
      "DryRunOperationException",
      "Request would have succeeded, but the DryRun flag is set.",
      412,
    );
}

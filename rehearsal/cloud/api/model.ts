import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An AWS API model as botocore publishes it, without its documentation. */
export interface ApiModel {
  readonly metadata: {
    readonly apiVersion: string;
    readonly endpointPrefix: string;
    readonly protocol: "json" | "rest-json" | "query";
    readonly jsonVersion?: string;
    readonly targetPrefix?: string;
    readonly xmlNamespace?: string;
    readonly serviceFullName: string;
  };
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface OperationModel {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: ShapeReference;
  readonly output?: ShapeReference & { readonly resultWrapper?: string };
  readonly errors?: readonly ShapeReference[];
}

export interface ShapeReference {
  readonly shape: string;
  readonly location?: "uri" | "querystring" | "header" | "statusCode";
  readonly locationName?: string;
  readonly idempotencyToken?: boolean;
  readonly flattened?: boolean;
}

export interface Shape {
  readonly type:
    | "structure"
    | "list"
    | "map"
    | "string"
    | "integer"
    | "long"
    | "double"
    | "float"
    | "boolean"
    | "timestamp"
    | "blob";
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ShapeReference>>;
  readonly member?: ShapeReference;
  readonly key?: ShapeReference;
  readonly value?: ShapeReference;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly flattened?: boolean;
  readonly payload?: string;
  readonly exception?: boolean;
  readonly timestampFormat?: "iso8601" | "unixTimestamp" | "rfc822";
  readonly error?: {
    readonly code?: string;
    readonly httpStatusCode: number;
    readonly senderFault?: boolean;
  };
}

export type ModelName =
  "autoscaling" | "cloudwatch" | "codebuild" | "codecommit" | "codepipeline" | "elbv2" | "imagebuilder";

/** Reads one generated model; the folder is given because the program runs bundled. */
export function loadModel(modelsDirectory: string, name: ModelName): ApiModel {
  const text = readFileSync(join(modelsDirectory, `${name}.json`), "utf8");
  return JSON.parse(text, withoutPrototype) as ApiModel;
}

/** Clients name operations and members; no name may find what every object has, such as `constructor`. */
const withoutPrototype = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.setPrototypeOf(value, null)
    : value;

export function shapeOf(model: ApiModel, reference: ShapeReference): Shape {
  const shape = model.shapes[reference.shape];
  if (!shape) throw new Error(`the API model has no shape ${reference.shape}`);
  return shape;
}

import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Testing, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { accountId, region } from "./configuration";

export type Properties = Readonly<Record<string, unknown>>;
type Document = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Properties>>>>>>;

/** A stack as Terraform gets it, with what tests ask of it. */
export class Synthesized {
  readonly document: Document;

  constructor(readonly text: string) {
    this.document = JSON.parse(text) as Document;
  }

  /** Every resource of a type, by its address within the type. */
  resources(type: string): Readonly<Record<string, Properties>> {
    return this.document["resource"]?.[type] ?? {};
  }

  /** The only resource of its type, or the only one whose address begins so. */
  resource(type: string, idPrefix = ""): Properties {
    const found = Object.entries(this.resources(type)).filter(([id]) => id.startsWith(idPrefix));
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(
        `${found.length} resources ${type}.${idPrefix}*: ${found.map(([id]) => id).join(", ")}`,
      );
    return found[0][1];
  }

  /** A policy document, with references to resources replaced by what they will be. */
  policy(text: unknown): PolicyDocument {
    return JSON.parse(this.resolve(String(text))) as PolicyDocument;
  }

  resolve(text: string): string {
    return text.replace(
      /\$\{(aws_\w+)\.([\w-]+)\.(\w+)\}/g,
      (whole, type: string, id: string, attribute: string) => {
        const properties = this.resources(type)[id];
        if (properties === undefined) return whole;
        return attribute === "arn" ? this.arn(type, id, properties) : String(properties[attribute] ?? whole);
      },
    );
  }

  private arn(type: string, id: string, properties: Properties): string {
    const form = arns[type];
    if (form === undefined) throw new Error(`no form of an ARN for ${type}`);
    return form(properties, id);
  }
}

export interface PolicyDocument {
  readonly Statement: readonly PolicyStatement[];
}
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

const inRegion = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;
const name = (properties: Properties, key = "name"): string => String(properties[key]);
const arns: Readonly<Record<string, (properties: Properties, id: string) => string>> = {
  aws_cloudwatch_log_group: (of) => inRegion("logs", `log-group:${name(of)}`),
  aws_codecommit_repository: (of) => inRegion("codecommit", name(of, "repository_name")),
  aws_iam_role: (of) => `arn:aws:iam::${accountId}:role/${name(of)}`,
  aws_imagebuilder_component: (of) => inRegion("imagebuilder", `component/${name(of)}/1.0.0/1`),
  aws_imagebuilder_distribution_configuration: (of) =>
    inRegion("imagebuilder", `distribution-configuration/${name(of)}`),
  aws_imagebuilder_image_pipeline: (of) => inRegion("imagebuilder", `image-pipeline/${name(of)}`),
  aws_imagebuilder_image_recipe: (of) => inRegion("imagebuilder", `image-recipe/${name(of)}/1.0.0`),
  aws_imagebuilder_infrastructure_configuration: (of) =>
    inRegion("imagebuilder", `infrastructure-configuration/${name(of)}`),
  aws_kms_key: (_, id) => inRegion("kms", `key/${id}`),
  aws_lambda_function: (of) => inRegion("lambda", `function:${name(of, "function_name")}`),
  aws_s3_bucket: (of) => `arn:aws:s3:::${name(of, "bucket")}`,
  aws_sns_topic: (of) => inRegion("sns", name(of)),
  aws_ssm_parameter: (of) => inRegion("ssm", `parameter${name(of)}`),
};

/** What a construct makes, in a stack of its own. */
export function synthesizeConstruct(make: (scope: Construct) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), "test");
  new AwsProvider(stack, "Aws", { region });
  make(stack);
  return synthesizeStack(stack);
}

export function synthesizeStack(stack: TerraformStack): Synthesized {
  stack.prepareStack();
  return new Synthesized(Testing.synth(stack, true));
}

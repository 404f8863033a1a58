import type { Cloud } from "../cloud";

/** The part of an ARN that a name becomes. */
export const normalized = (name: string): string => name.toLowerCase().replaceAll(" ", "-");

/** ARNs of the account's Image Builder resources. */
export class Arns {
  /** What the ARN of each of the account's resources begins with. */
  readonly prefix: string;

  constructor(private readonly cloud: Pick<Cloud, "accountId" | "partition" | "region">) {
    this.prefix = `arn:${cloud.partition}:imagebuilder:${cloud.region}:${cloud.accountId}:`;
  }

  component(name: string, version: string, build?: number | "*"): string {
    return `${this.prefix}component/${normalized(name)}/${version}${build === undefined ? "" : `/${build}`}`;
  }

  recipe(name: string, version: string): string {
    return `${this.prefix}image-recipe/${normalized(name)}/${version}`;
  }

  image(recipeName: string, version: string, build?: number | "*"): string {
    return `${this.prefix}image/${normalized(recipeName)}/${version}${build === undefined ? "" : `/${build}`}`;
  }

  infrastructure(name: string): string {
    return `${this.prefix}infrastructure-configuration/${normalized(name)}`;
  }

  distribution(name: string): string {
    return `${this.prefix}distribution-configuration/${normalized(name)}`;
  }

  pipeline(name: string): string {
    return `${this.prefix}image-pipeline/${normalized(name)}`;
  }

  lifecyclePolicy(name: string): string {
    return `${this.prefix}lifecycle-policy/${normalized(name)}`;
  }

  lifecycleExecution(id: string): string {
    return `${this.prefix}lifecycle-execution/${id}`;
  }

  workflow(type: string, name: string, version: string, build?: number): string {
    const path = `${type.toLowerCase()}/${normalized(name)}/${version}`;
    return `${this.prefix}workflow/${path}${build === undefined ? "" : `/${build}`}`;
  }

  /** Workflows that Image Builder brings itself. */
  managedWorkflow(type: string, name: string): string {
    const { partition, region } = this.cloud;
    return `arn:${partition}:imagebuilder:${region}:aws:workflow/${type.toLowerCase()}/${name}/1.0.0/1`;
  }

  role(nameOrArn: string): string {
    return nameOrArn.startsWith("arn:")
      ? nameOrArn
      : `arn:${this.cloud.partition}:iam::${this.cloud.accountId}:role/${nameOrArn}`;
  }
}

/** Name, version and build of an ARN of what has versions. */
export function versionParts(arn: string): { base: string; version: string; build: string | undefined } {
  const path = arn.split(":").slice(5).join(":").split("/");
  // a workflow's name has its type in front
  const names = path[0] === "workflow" ? 3 : 2;
  const base = `${arn.split(":").slice(0, 5).join(":")}:${path.slice(0, names).join("/")}`;
  return { base, version: path[names] ?? "", build: path[names + 1] };
}

import type { Cloud } from "../cloud";

/** The part of an ARN that a name becomes. */
export const normalized = (name: string): string => name.toLowerCase().replaceAll(" ", "-");

/** ARNs of the account's Image Builder resources. */
export class Arns {
  private readonly prefix: string;

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

  /** Workflows that Image Builder brings itself. */
  managedWorkflow(stage: "build" | "test" | "distribution", name: string): string {
    const { partition, region } = this.cloud;
    return `arn:${partition}:imagebuilder:${region}:aws:workflow/${stage}/${name}/1.0.0/1`;
  }

  role(nameOrArn: string): string {
    return nameOrArn.startsWith("arn:")
      ? nameOrArn
      : `arn:${this.cloud.partition}:iam::${this.cloud.accountId}:role/${nameOrArn}`;
  }
}

/** Name, version and build of a component's, image's or recipe's ARN. */
export function versionParts(arn: string): { base: string; version: string; build: string | undefined } {
  const [type = "", name = "", version = "", build] = arn.split(":").slice(5).join(":").split("/");
  return { base: `${arn.split(":").slice(0, 5).join(":")}:${type}/${name}`, version, build };
}

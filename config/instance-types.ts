import type { Architecture } from "./configuration";

/**
 * Architecture of an instance type, from its name; undefined for what Amazon Linux 2023 can't be baked for here.
 *
 * A family is a series, a generation digit and options; the option `g` directly after the generation says AWS Graviton
 * (t4g, c7gn, im4gn, g5g), while a series of that letter comes before it (g5: graphics, x86_64). The first Graviton
 * family, a1, is older than the rule. Held against all 1,428 types of the EC2 API's model (botocore 1.43.11).
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function architectureOf(instanceType: string): Architecture | undefined {
  const family = instanceType.split(".")[0] ?? "";
  // macOS hosts, and NVIDIA Grace superchips, which are Arm without being Graviton
  if (family.startsWith("mac") || family === "p6e-gb200") return undefined;
  return family === "a1" || /^[a-z]+\d+g/.test(family) ? "arm64" : "x86_64";
}

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Testing } from "cdktf";
import type { Configuration } from "../../config/configuration";
import { loadConfiguration } from "../../config/load";
import pipelineConfig from "../../pipeline.config";
import { pythonEnvironment } from "../../rehearsal/python-environment";
import { cacheDirectory } from "../../rehearsal/workspace";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import { configuration, stubBundles } from "../support/configuration";
import { policiesOf, type SynthesizedPolicy } from "../support/policies";
import type { PolicyDocument } from "../support/synthesized";
import { synthesizeStack } from "../support/synthesized";

const folder = join(__dirname, "cloudsplaining");
let programs: string;
beforeAll(async () => {
  programs = await pythonEnvironment({
    directory: join(cacheDirectory, "cloudsplaining"),
    requirements: join(folder, "requirements.txt"),
    purpose: "cloudsplaining, which scans the policies,",
  });
}, 300_000);

/** What cloudsplaining finds, by the policy's address. */
function scan(policies: readonly SynthesizedPolicy[]): Record<string, Record<string, unknown>> {
  const input = Object.fromEntries(
    policies.map(({ address, kind, document }) => [address, { kind, policy: document }]),
  );
  const output = execFileSync(join(programs, "python"), [join(folder, "scan.py")], {
    input: JSON.stringify(input),
    encoding: "utf8",
  });
  return JSON.parse(output) as Record<string, Record<string, unknown>>;
}

const stacksOf = (settings: Configuration) => [
  new StateStack(Testing.app(), "state", settings),
  ...settings.environments.map((environment) => new FleetStack(Testing.app(), settings, environment)),
  new PipelineStack(Testing.app(), settings, stubBundles()),
];

describe("cloudsplaining", () => {
  test.each([
    ["pipeline.config.ts", loadConfiguration(pipelineConfig)],
    ["two environments, with and without load balancer and approval", configuration()],
  ])("finds nothing in any policy of %s", (_, settings) => {
    const policies = stacksOf(settings).map(synthesizeStack).flatMap(policiesOf);
    expect(new Set(policies.map(({ kind }) => kind))).toEqual(new Set(["role", "trust", "resource"]));
    expect(scan(policies)).toEqual({});
  });

  const allow = (kind: SynthesizedPolicy["kind"], address: string, statement: object): SynthesizedPolicy => ({
    address,
    kind,
    document: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", ...statement }],
    } as unknown as PolicyDocument,
  });

  test("would find what is risky, on a condition as well", () => {
    const Condition = { StringEquals: { "aws:ResourceTag/A": "b" } };
    const found = scan([
      allow("role", "PrivilegeEscalation", { Action: "iam:PutRolePolicy", Resource: "*" }),
      allow("role", "InfrastructureModification", {
        Action: "ec2:TerminateInstances",
        Resource: "*",
        Condition,
      }),
      allow("role", "DataExfiltration", { Action: "s3:GetObject", Resource: "*" }),
      allow("role", "ServiceWildcard", { Action: "ec2:*", Resource: "*" }),
      allow("trust", "AssumableByAnyone", { Action: "sts:AssumeRole", Principal: { AWS: "*" } }),
      allow("resource", "InternetAccessible", {
        Action: "s3:GetObject",
        Principal: "*",
        Resource: "arn:aws:s3:::a/*",
      }),
    ]);
    const missed = Object.entries(found).filter(([expected, findings]) => !(expected in findings));
    expect([Object.keys(found).length, missed]).toEqual([6, []]);
  });
});

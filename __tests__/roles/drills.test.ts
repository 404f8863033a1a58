import { type TerraformStack, Testing } from "cdktf";
import { drills } from "../../rehearsal/drills/catalog";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { configuration, production, stubBundles } from "../support/configuration";

const settings = configuration({ environments: [production] });

/** The comments beside a stack's policies, which `Testing.synth` leaves out. */
function comments(stack: TerraformStack): Record<string, Record<string, Record<string, string>>>[] {
  stack.prepareStack();
  const { resource } = stack.toTerraform() as {
    resource: { aws_iam_role_policy?: Record<string, Record<string, unknown>> };
  };
  return Object.values(resource.aws_iam_role_policy ?? {}).map((policy) => (policy["//"] ?? {}) as never);
}

const all = [
  new PipelineStack(Testing.app(), settings, stubBundles()),
  new FleetStack(Testing.app(), settings, production),
].flatMap(comments);
const texts = (name: string): string[] =>
  all.flatMap((comment) => Object.values(comment[name] ?? {}).flatMap((one) => Object.values(one)));

describe("beside the permissions that a rehearsal does without", () => {
  test("stand drills that there are", () => {
    const named = [...new Set(texts("usedByDrill"))];
    expect(named).not.toEqual([]);
    expect(drills.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });

  test("stand reasons that are sentences", () => {
    for (const reason of texts("unusedInRehearsal")) expect(reason).toMatch(/^[^.]{20,}$/);
  });
});

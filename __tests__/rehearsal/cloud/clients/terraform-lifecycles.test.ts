import { AutoScalingClient, DescribeInstanceRefreshesCommand } from "@aws-sdk/client-auto-scaling";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Inventory, leftovers, takeInventory } from "../../../../rehearsal/inventory";
import { RunningCloud } from "../../../support/running-cloud";
import { type Plan, type StateResource, Terraform } from "../../../support/terraform";

/**
 * The resources and data sources of our services that provider 5.100.0 has, through their lives, by the provider itself.
 * aws_codebuild_project, aws_codepipeline, aws_imagebuilder_lifecycle_policy and aws_imagebuilder_workflow have no data
 * source there. All in one configuration, so that the provider, which takes seconds to start, starts few times.
 */
const types = [
  "aws_autoscaling_group",
  "aws_codebuild_project",
  "aws_codecommit_repository",
  "aws_codepipeline",
  "aws_imagebuilder_component",
  "aws_imagebuilder_distribution_configuration",
  "aws_imagebuilder_image",
  "aws_imagebuilder_image_pipeline",
  "aws_imagebuilder_image_recipe",
  "aws_imagebuilder_infrastructure_configuration",
  "aws_imagebuilder_lifecycle_policy",
  "aws_imagebuilder_workflow",
];

jest.setTimeout(300_000);

let cloud: RunningCloud;
let terraform: Terraform;
let before: Inventory;

beforeAll(async () => {
  cloud = await RunningCloud.start();
  const directory = join(cloud.directory, "lifecycles");
  cpSync(join(__dirname, "lifecycles"), directory, { recursive: true });
  terraform = await Terraform.in(directory, cloud);
  before = await takeInventory(cloud.client);
  await terraform.run("init");
});
afterAll(() => cloud.stop());

const second = ["-var=edition=second"];

/** What a command with -json says that it is going to do, by address; data sources left out. */
function plannedActions(output: string): Record<string, string> {
  const messages = output
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { type: string; change?: PlannedChange });
  return Object.fromEntries(
    messages
      .filter(({ type, change }) => type === "planned_change" && change!.action !== "read")
      .map(({ change }) => [change!.resource.addr, change!.action]),
  );
}
interface PlannedChange {
  readonly action: string;
  readonly resource: { readonly addr: string };
}

const stateOf = (mode: StateResource["mode"], type: string, name: string): Record<string, unknown> => {
  const found = terraform
    .localState()
    .resources.find((one) => one.mode === mode && one.type === type && one.name === name);
  return { ...found!.instances[0]!.attributes };
};

it("are created, and a plan shows no changes", async () => {
  await terraform.run("apply", ["-auto-approve"]);
  await terraform.run("plan", ["-detailed-exitcode"]);
  const managed = terraform.localState().resources.filter(({ mode }) => mode === "managed");
  expect(managed.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
});

it("are updated in place, tags included, or replaced", async () => {
  const { output } = await terraform.run("apply", ["-auto-approve", "-json", "-refresh=false", ...second]);
  const planned = plannedActions(output);
  expect(planned).toEqual({
    ...Object.fromEntries(types.map((type) => [`${type}.changed`, "update"])),
    ...Object.fromEntries(types.map((type) => [`${type}.replaced`, "replace"])),
    "aws_codecommit_trigger.changed": "replace",
    "aws_launch_template.server": "update",
    "terraform_data.edition": "update",
  });
});

it("start an instance refresh when the launch template of a group changes", async () => {
  const { InstanceRefreshes } = await new AutoScalingClient(cloud.client).send(
    new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: "changed" }),
  );
  expect(InstanceRefreshes).toEqual([
    expect.objectContaining({
      Preferences: expect.objectContaining({
        MinHealthyPercentage: 100,
        MaxHealthyPercentage: 200,
      }) as object,
    }),
  ]);
});

const withoutDataSource = [
  "aws_codebuild_project",
  "aws_codepipeline",
  "aws_imagebuilder_lifecycle_policy",
  "aws_imagebuilder_workflow",
];

/** What the provider itself gives another form, or reads for the data source alone. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  aws_autoscaling_group: [
    "availability_zones",
    "launch_template",
    "tag",
    "termination_policies",
    "vpc_zone_identifier",
  ],
};

/** Without what is not set: some data sources say [] or "" where their resource says null or false. */
function settings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(settings);
  if (typeof value !== "object" || value === null) return value;
  const set = Object.entries(value).filter(
    ([, item]) =>
      item !== null && item !== "" && item !== false && !(Array.isArray(item) && item.length === 0),
  );
  return Object.fromEntries(set.map(([name, item]) => [name, settings(item)]));
}

it.each(types.filter((type) => !withoutDataSource.includes(type)))(
  "are read by their data source: %s",
  (type) => {
    const [data, resource] = [stateOf("data", type, "changed"), stateOf("managed", type, "changed")];
    const shared = Object.keys(data).filter((name) => name in resource && !otherwise[type]?.includes(name));
    const pick = (from: Record<string, unknown>) =>
      settings(Object.fromEntries(shared.map((name) => [name, from[name]])));
    expect(shared).toContain("arn");
    expect(pick(data)).toEqual(pick(resource));
  },
);

it.each([
  "aws_imagebuilder_component",
  "aws_imagebuilder_distribution_configuration",
  "aws_imagebuilder_image_pipeline",
  "aws_imagebuilder_image_recipe",
  "aws_imagebuilder_infrastructure_configuration",
  "aws_autoscaling_group",
])("are found by the data source for several: %ss", (type) => {
  const { name, arn } = stateOf("managed", type, "changed");
  // a list of components names versions, the resource a build of one
  const listed = type === "aws_imagebuilder_component" ? String(arn).replace(/\/1$/, "") : arn;
  expect(stateOf("data", `${type}s`, "named")).toMatchObject({ names: [name], arns: [listed] });
});

/** What no API answers, so that an imported resource lacks it until the next apply; all of it is Terraform's own. */
const unreadable: Readonly<Record<string, readonly string[]>> = {
  "aws_autoscaling_group.changed": [
    "force_delete",
    "force_delete_warm_pool",
    "ignore_failed_scaling_activities",
    "instance_refresh",
    "wait_for_capacity_timeout",
  ],
  "aws_autoscaling_group.replaced": [
    "force_delete",
    "force_delete_warm_pool",
    "ignore_failed_scaling_activities",
    "wait_for_capacity_timeout",
  ],
  // the provider reads the default branch only where its state has one already; here there is no branch at all
  "aws_codecommit_repository.replaced": ["default_branch"],
};

const changedArguments = ({ change }: Plan["resource_changes"][number]): string[] =>
  Object.keys(change.after ?? {}).filter(
    (name) => JSON.stringify(change.before?.[name]) !== JSON.stringify(change.after?.[name]),
  );

it("are imported, with nothing to change afterwards but what no API answers", async () => {
  // with the launch template: the plan of a group depends on it
  const wanted = [...types, "aws_launch_template"];
  const managed = terraform
    .localState()
    .resources.filter(({ mode, type }) => mode === "managed" && wanted.includes(type));
  const blocks = managed.map(
    ({ type, name, instances }) =>
      `import {\n  to = ${type}.${name}\n  id = "${String(instances[0]!.attributes["id"])}"\n}\n`,
  );
  const file = join(terraform.directory, "imports.tf");
  writeFileSync(file, blocks.join(""));
  await terraform.run("plan", ["-state=empty.tfstate", "-out=import.plan", ...second]);
  rmSync(file);
  const { resource_changes } = await terraform.shown("import.plan");
  const found = resource_changes.filter(({ change }) => change.importing);
  expect(found).toHaveLength(2 * types.length + 1);
  expect(found.flatMap(({ change }) => change.actions)).not.toContain("create");
  const changes = found.map((one): [string, string[]] => [one.address, changedArguments(one).sort()]);
  expect(Object.fromEntries(changes.filter(([, names]) => names.length > 0))).toEqual(unreadable);
});

it("are destroyed, and nothing is left but what the bakes made", async () => {
  await terraform.run("apply", ["-destroy", "-auto-approve", ...second]);
  // images and their logs outlive the resource on AWS, too: see "Removing everything" in the README
  const kinds = leftovers(before, await takeInventory(cloud.client)).map((name) =>
    name.replace(/ [^ ]+$/, ""),
  );
  expect(new Set(kinds)).toEqual(new Set(["image", "log group", "snapshot"]));
});

import {
  CreateTagsCommand,
  DeregisterImageCommand,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
} from "@aws-sdk/client-ec2";
import { PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CancelImageCreationCommand,
  CreateComponentCommand,
  CreateDistributionConfigurationCommand,
  CreateImagePipelineCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
  DeleteImageCommand,
  type Distribution,
  GetImageCommand,
  ListImagePipelineImagesCommand,
  StartImagePipelineExecutionCommand,
} from "@aws-sdk/client-imagebuilder";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../../support/until";
import { ImageBuilderFixture, parentImage } from "./image-builder-fixture";

/** A service of the host's own Node, so that the image needs nothing installed. */
const document = (build: string, test: string): string => `schemaVersion: 1.0
parameters: [{ Version: { type: string, default: "1" } }]
phases:
  - name: build
    steps:
      - name: Server
        action: CreateFile
        inputs:
          - path: /opt/app/server.js
            content: |
              require("http").createServer((q, s) => s.end(process.env.VERSION)).listen(process.env.SERVER_PORT, "127.0.0.1");
      - name: Unit
        action: CreateFile
        inputs:
          - path: /etc/systemd/system/app.service
            content: |
              [Service]
              Environment=VERSION={{ Version }}
              ExecStart=/usr/bin/node /opt/app/server.js
              [Install]
              WantedBy=multi-user.target
      - name: Enable
        action: ExecuteBash
        inputs:
          commands: ["systemctl enable app.service", ${JSON.stringify(build)}]
  - name: validate
    steps: [{ name: Check, action: ExecuteBash, inputs: { commands: [systemctl is-enabled app] } }]
  - name: test
    steps:
      - name: Answers
        action: ExecuteBash
        inputs:
          commands:
            - curl --fail --silent --retry 20 --retry-delay 1 --retry-connrefused http://localhost:8080/
            - ${JSON.stringify(test)}
`;

// bakes take seconds on a busy machine
jest.setTimeout(30_000);

const fixture = new ImageBuilderFixture();
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ec2.resetHistory();
  fixture.cloud.events.length = 0;
});

let count = 0;

/** Prepares a pipeline and starts it; returns the ARN of the image. */
async function start(options: {
  build?: string;
  test?: string;
  distributions?: Distribution[];
  token?: string;
}) {
  const { client } = fixture;
  const name = `app${++count}`;
  const data = document(options.build ?? "true", options.test ?? "true");
  const component = await client.send(
    new CreateComponentCommand({ name, semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  const recipe = await client.send(
    new CreateImageRecipeCommand({
      name,
      semanticVersion: "1.0.0",
      parentImage,
      components: [
        {
          componentArn: component.componentBuildVersionArn,
          parameters: [{ name: "Version", value: ["7.0.1"] }],
        },
      ],
    }),
  );
  const infrastructure = await client.send(
    new CreateInfrastructureConfigurationCommand({ name, instanceProfileName: "builder" }),
  );
  const distributions = options.distributions ?? [{ region: "eu-central-1" }];
  const distribution = await client.send(new CreateDistributionConfigurationCommand({ name, distributions }));
  const { imagePipelineArn } = await client.send(
    new CreateImagePipelineCommand({
      name,
      imageRecipeArn: recipe.imageRecipeArn,
      infrastructureConfigurationArn: infrastructure.infrastructureConfigurationArn,
      distributionConfigurationArn: distribution.distributionConfigurationArn,
    }),
  );
  const execution = await client.send(
    new StartImagePipelineExecutionCommand({ imagePipelineArn, clientToken: options.token }),
  );
  return { name, imagePipelineArn: imagePipelineArn!, arn: execution.imageBuildVersionArn! };
}

const leftovers = (): string[] => {
  const folder = join(fixture.cloud.directory, "imagebuilder/bakes");
  return existsSync(folder) ? readdirSync(folder) : [];
};

it("bakes, tests and distributes an image", async () => {
  const { arn } = await start({
    distributions: [
      {
        region: "eu-central-1",
        amiDistributionConfiguration: {
          name: "app {{ imagebuilder:buildDate }}",
          amiTags: { Name: "app" },
          launchPermission: { userIds: ["222233334444"] },
        },
        ssmParameterConfigurations: [{ parameterName: "/app/ami", dataType: "aws:ec2:image" }],
      },
    ],
  });
  const image = await fixture.ended(arn);
  expect(image.state).toEqual({ status: "AVAILABLE" });
  const [ami] = image.outputResources!.amis!;
  expect(ami).toMatchObject({
    region: "eu-central-1",
    accountId: "111122223333",
    name: expect.stringMatching(/^app \d{4}-\d\d-\d\dT/),
  });
  const [registered] = fixture.ec2.commandCalls(RegisterImageCommand).map((call) => call.args[0].input);
  expect(registered).toMatchObject({ Architecture: "arm64", RootDeviceName: "/dev/xvda" });
  expect(registered?.TagSpecifications?.[0]?.Tags).toEqual([
    { Key: "CreatedBy", Value: "EC2 Image Builder" },
    { Key: "Ec2ImageBuilderArn", Value: arn },
  ]);
  const [tagged] = fixture.ec2.commandCalls(CreateTagsCommand).map((call) => call.args[0].input);
  expect(tagged).toMatchObject({ Tags: [{ Key: "Name", Value: "app" }] });
  expect(tagged?.Resources).toEqual([ami!.image, expect.stringMatching(/^snap-/)]);
  expect(fixture.ec2.commandCalls(ModifyImageAttributeCommand)).toHaveLength(1);
  expect(fixture.ssm.commandCalls(PutParameterCommand)[0]?.args[0].input).toMatchObject({
    Name: "/app/ami",
    Value: ami!.image,
  });
  const root = fixture.images.rootOf(ami!.image!)!;
  expect(readFileSync(join(root, "etc/systemd/system/app.service"), "utf8")).toContain(
    `node ${root}/opt/app/server.js`,
  );
  expect(leftovers()).toEqual([]);
  expect(fixture.states()).toEqual([
    "CREATING",
    "BUILDING",
    "TESTING",
    "DISTRIBUTING",
    "INTEGRATING",
    "AVAILABLE",
  ]);
});

it("sends each change of state as an event", async () => {
  const { arn } = await start({});
  await fixture.ended(arn);
  expect(fixture.cloud.events[0]).toEqual({
    source: "aws.imagebuilder",
    detailType: "EC2 Image Builder Image State Change",
    resources: [arn],
    detail: { "previous-state": { status: "PENDING" }, state: { status: "CREATING" } },
  });
});

it("logs the machines' output into the recipe's stream with the instance's role", async () => {
  const { name, arn } = await start({ build: "echo a line of the build" });
  await fixture.ended(arn);
  const events = fixture.logs.commandCalls(PutLogEventsCommand).map((call) => call.args[0].input);
  const own = events.filter(({ logGroupName }) => logGroupName === `/aws/imagebuilder/${name}`);
  expect(own[0]?.logStreamName).toBe("1.0.0/1");
  const messages = own.flatMap(({ logEvents }) => logEvents!.map(({ message }) => message));
  expect(messages).toEqual(expect.arrayContaining(["Stdout: a line of the build", "Stdout: 7.0.1"]));
});

it.each([
  ["ssm:UpdateInstanceInformation", /^arn:aws:ec2:eu-central-1:111122223333:instance\/i-/, "SSM Agent"],
  ["ssmmessages:OpenDataChannel", /^\*$/, "SSM Agent"],
  ["s3:GetObject", /^arn:aws:s3:::ec2imagebuilder-toe-eu-central-1-prod\/./, "SSM Agent"],
  ["ssm:GetDocument", /^arn:aws:ssm:eu-central-1:\d{12}:document\/AWS-Gather/, "Inventory"],
  ["ssm:PutInventory", /^\*$/, "Inventory"],
])("needs %s on its instances", async (action, resource, what) => {
  fixture.instanceCalls.length = 0;
  await fixture.ended((await start({})).arn);
  const asked = fixture.instanceCalls.filter((call) => call.startsWith(`${action} `));
  expect(asked.map((call) => call.split(" ")[1])).toEqual(
    expect.arrayContaining([expect.stringMatching(resource)]),
  );
  fixture.deniedForInstances.add(action);
  const { state } = await fixture.ended((await start({})).arn);
  fixture.deniedForInstances.clear();
  expect(state?.status).toBe("FAILED");
  expect(state?.reason).toMatch(
    new RegExp(`${what} .* failed on instance i-\\w+: not authorized to perform: ${action}`),
  );
});

it.each([
  ["build", { build: "echo it broke >&2; exit 4" }, "Enable"],
  ["test", { test: "echo it broke >&2; exit 4" }, "Answers"],
])("fails with the reason when the %s phase fails, and leaves no machine", async (phase, options, step) => {
  const { name, arn } = await start(options);
  const { state, outputResources } = await fixture.ended(arn);
  expect(state?.status).toBe("FAILED");
  expect(state?.reason).toMatch(
    /^Workflow Execution ID: wf-[0-9a-f-]{36} failed with reason: Document arn:\S+ failed!/,
  );
  expect(state?.reason).toContain(`Step '${step}' in phase '${phase}': ExecuteBash: exit status 4: it broke`);
  expect(state?.reason).toContain(`Log group /aws/imagebuilder/${name}, log stream 1.0.0/1.`);
  expect(outputResources?.amis ?? []).toEqual([]);
  expect(state?.reason).not.toContain("undefined");
  // the AMI is made before it is tested, and making it is not rolled back
  expect(fixture.ec2.commandCalls(RegisterImageCommand)).toHaveLength(phase === "test" ? 1 : 0);
  expect(fixture.ec2.commandCalls(CreateTagsCommand)).toEqual([]);
  expect(leftovers()).toEqual([]);
});

it("leaves the AMIs that it has made when a later region fails", async () => {
  fixture.ec2.on(RegisterImageCommand, { Name: "second" }).rejects(new Error("the name is taken"));
  const named = (region: string, name: string): Distribution => ({
    region,
    amiDistributionConfiguration: { name },
  });
  const { arn } = await start({
    distributions: [named("eu-central-1", "first"), named("eu-west-1", "second")],
  });
  const { state } = await fixture.ended(arn);
  expect(state?.reason).toContain("Distribution to eu-west-1 failed: the name is taken");
  expect(fixture.ec2.commandCalls(DeregisterImageCommand)).toEqual([]);
});

it("makes one image for a client token, and lists it under its pipeline", async () => {
  const { imagePipelineArn, arn } = await start({ token: "once" });
  const again = new StartImagePipelineExecutionCommand({ imagePipelineArn, clientToken: "once" });
  expect((await fixture.client.send(again)).imageBuildVersionArn).toBe(arn);
  await expect(
    fixture.client.send(new DeleteImageCommand({ imageBuildVersionArn: arn })),
  ).rejects.toMatchObject({
    name: "ResourceDependencyException",
  });
  await fixture.ended(arn);
  const { imageSummaryList } = await fixture.client.send(
    new ListImagePipelineImagesCommand({ imagePipelineArn }),
  );
  expect(imageSummaryList?.map((image) => image.arn)).toEqual([arn]);
  await fixture.client.send(new DeleteImageCommand({ imageBuildVersionArn: arn }));
  await expect(fixture.client.send(new GetImageCommand({ imageBuildVersionArn: arn }))).rejects.toMatchObject(
    {
      name: "ResourceNotFoundException",
    },
  );
  expect(fixture.ec2.commandCalls(DeregisterImageCommand)).toEqual([]);
});

it("ends everything when it is cancelled", async () => {
  const { arn } = await start({ build: "sleep 60" });
  await until(
    () => fixture.states(),
    (states) => states.includes("BUILDING"),
  );
  await fixture.client.send(new CancelImageCreationCommand({ imageBuildVersionArn: arn }));
  expect((await fixture.ended(arn)).state?.status).toBe("CANCELLED");
  expect(leftovers()).toEqual([]);
  await expect(
    fixture.client.send(new CancelImageCreationCommand({ imageBuildVersionArn: arn })),
  ).rejects.toMatchObject({ name: "ResourceInUseException" });
});

it("fails when the instance may not read its component", async () => {
  // from the moment that the instance has its credentials
  const assumeRole = jest.spyOn(fixture.cloud, "assumeRole").mockImplementationOnce(async () => {
    fixture.gateway.denied.add("imagebuilder:GetComponent");
    return { accessKeyId: "ASIAROLE", secretAccessKey: "secret", sessionToken: "token" };
  });
  const { arn } = await start({});
  const { state } = await fixture.ended(arn);
  expect(state?.reason).toContain(
    "could not be read by the instance: not authorized to perform: imagebuilder:GetComponent",
  );
  expect(leftovers()).toEqual([]);
  fixture.gateway.denied.clear();
  assumeRole.mockRestore();
});

it("fails when the role does not trust EC2", async () => {
  fixture.cloud.untrusting.add("arn:aws:iam::111122223333:role/builder");
  const { arn } = await start({});
  expect((await fixture.ended(arn)).state?.reason).toContain("SSM Agent verification failed");
  fixture.cloud.untrusting.clear();
});

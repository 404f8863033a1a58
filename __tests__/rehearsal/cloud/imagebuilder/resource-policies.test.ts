import {
  CreateComponentCommand,
  CreateImageRecipeCommand,
  DeleteComponentCommand,
  GetComponentPolicyCommand,
  GetImagePolicyCommand,
  GetImageRecipePolicyCommand,
  PutComponentPolicyCommand,
  PutImageRecipePolicyCommand,
} from "@aws-sdk/client-imagebuilder";
import { ImageBuilderFixture, parentImage } from "./image-builder-fixture";

const fixture = new ImageBuilderFixture();
const send: ImageBuilderFixture["client"]["send"] = ((command: never) =>
  fixture.client.send(command)) as never;
const data = `schemaVersion: 1.0
phases: [{ name: build, steps: [{ name: A, action: ExecuteBash, inputs: { commands: [ls] } }] }]
`;
let componentArn: string;

beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
beforeEach(async () => {
  const made = await send(
    new CreateComponentCommand({ name: "shared", semanticVersion: "1.0.0", platform: "Linux", data }),
  );
  componentArn = made.componentBuildVersionArn!;
});

const policy = (arn: string, more: object = {}): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: ["222233334444"] },
        Action: ["imagebuilder:GetComponent", "imagebuilder:ListComponents"],
        Resource: [arn],
        ...more,
      },
    ],
  });

it("is read as it was put, and goes with its resource", async () => {
  expect((await send(new GetComponentPolicyCommand({ componentArn }))).policy).toBe("{}");
  await send(new PutComponentPolicyCommand({ componentArn, policy: policy(componentArn) }));
  expect((await send(new GetComponentPolicyCommand({ componentArn }))).policy).toBe(policy(componentArn));
  await send(new DeleteComponentCommand({ componentBuildVersionArn: componentArn }));
  await expect(send(new GetComponentPolicyCommand({ componentArn }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

it("can be put on recipes, and not on an image that is not there", async () => {
  const made = await send(
    new CreateImageRecipeCommand({
      name: "shared",
      semanticVersion: "1.0.0",
      parentImage,
      components: [{ componentArn }],
    }),
  );
  const imageRecipeArn = made.imageRecipeArn!;
  await send(new PutImageRecipePolicyCommand({ imageRecipeArn, policy: policy(imageRecipeArn) }));
  const read = await send(new GetImageRecipePolicyCommand({ imageRecipeArn }));
  expect(read.policy).toBe(policy(imageRecipeArn));
  const imageArn = "arn:aws:imagebuilder:eu-central-1:111122223333:image/gone/1.0.0/1";
  await expect(send(new GetImagePolicyCommand({ imageArn }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
  });
});

it.each<[string, (arn: string) => string, string]>([
  ["no JSON", () => "{", "not valid JSON"],
  ["no statement", () => "{}", "no statement"],
  ["a denial", (arn) => policy(arn, { Effect: "Deny" }), "the effect Allow"],
  ["no principal", (arn) => policy(arn, { Principal: undefined }), "no principal"],
  [
    "actions of another service",
    (arn) => policy(arn, { Action: "s3:GetObject" }),
    "actions of Image Builder",
  ],
  ["another resource", (arn) => policy(`${arn}0`), "must be about the resource"],
])("is refused with %s", async (_what, document, message) => {
  const command = new PutComponentPolicyCommand({ componentArn, policy: document(componentArn) });
  await expect(send(command)).rejects.toMatchObject({
    name: "InvalidParameterValueException",
    message: expect.stringContaining(message),
  });
});

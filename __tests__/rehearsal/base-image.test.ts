import {
  GetImageCommand,
  GetImageRecipeCommand,
  ImagebuilderClient,
  StartImagePipelineExecutionCommand,
  type Image,
} from "@aws-sdk/client-imagebuilder";
import { mockClient } from "aws-sdk-client-mock";
import { bakeBaseImage, requireBakedOn } from "../../rehearsal/base-image";
import { deployer } from "../../rehearsal/environment";

const options = deployer("http://127.0.0.1:1", { region: "eu-west-1", accountId: "111122223333" });
const imageBuilder = mockClient(ImagebuilderClient);
const { signal } = new AbortController();
const image = (status: "BUILDING" | "AVAILABLE" | "FAILED", region = "eu-west-1"): { image: Image } => ({
  image: {
    arn: "image/base/1",
    state: { status, ...(status === "FAILED" ? { reason: "it broke" } : {}) },
    outputResources: { amis: [{ region, image: "ami-1" }] },
  },
});

beforeEach(() => {
  imageBuilder.reset();
  imageBuilder.on(StartImagePipelineExecutionCommand).resolves({ imageBuildVersionArn: "image/base/1" });
});

describe("the base image of a rehearsal", () => {
  it("is waited for", async () => {
    imageBuilder.on(GetImageCommand).resolvesOnce(image("BUILDING")).resolves(image("AVAILABLE"));
    await expect(bakeBaseImage(options, "pipeline", signal)).resolves.toBe("ami-1");
  });

  it.each([
    ["fails", image("FAILED"), "the image image/base/1 is FAILED: it broke"],
    [
      "is elsewhere",
      image("AVAILABLE", "us-east-1"),
      "the image image/base/1 is AVAILABLE and has no AMI in eu-west-1",
    ],
  ])("fails the rehearsal when it %s", async (_, answer, message) => {
    imageBuilder.on(GetImageCommand).resolves(answer);
    await expect(bakeBaseImage(options, "pipeline", signal)).rejects.toThrow(message);
  });
});

describe("a release", () => {
  const recipe = (parentImage: string, components: number) =>
    imageBuilder.on(GetImageRecipeCommand).resolves({
      imageRecipe: {
        parentImage,
        components: Array.from({ length: components }, () => ({ componentArn: "component" })),
      },
    });

  it("is baked on the base image when it adds one component to it", async () => {
    recipe("ami-1", 1);
    await expect(requireBakedOn(options, "recipe", "ami-1")).resolves.toBeUndefined();
  });

  it.each([
    ["ami-2", 1],
    ["ami-1", 2],
  ])("is not when it starts from %s with %i components", async (parentImage, components) => {
    recipe(parentImage, components);
    await expect(requireBakedOn(options, "recipe", "ami-1")).rejects.toThrow(
      `recipe recipe adds ${components} components to ${parentImage}, not the application's to the base image ami-1`,
    );
  });
});

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { BaseImage, type BaseImageProps } from "../../../constructs/image/base-image";
import { synthesizeConstruct } from "../../support/synthesized";

const made = (props: Partial<BaseImageProps> = {}) =>
  synthesizeConstruct(
    (scope) =>
      new BaseImage(scope, "Base", {
        namePrefix: "shop-base",
        parentImageArn: "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-arm64/x.x.x",
        parentImageVersionsArn: "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-arm64/*",
        applicationName: "shop",
        outlivedBy: [],
        ...props,
      }),
  );

describe("the base image", () => {
  test("has an encrypted gp3 root volume", () => {
    expect(made().resource("aws_imagebuilder_image_recipe")["block_device_mapping"]).toEqual([
      {
        device_name: "/dev/xvda",
        ebs: { encrypted: "true", volume_type: "gp3", volume_size: 8, delete_on_termination: "true" },
      },
    ]);
  });

  test("is a new recipe, made before the old one goes, when what it is made of changes", () => {
    const [before, after] = [made(), made({ volumeGigabytes: 20 })].map((stack) =>
      stack.resource("aws_imagebuilder_image_recipe"),
    );
    expect(before?.["name"]).toMatch(/^shop-base-[0-9a-f]{8}$/);
    expect(after?.["name"]).not.toBe(before?.["name"]);
    expect(before?.["lifecycle"]).toEqual({ create_before_destroy: true });
    expect(made().resource("aws_imagebuilder_component")["lifecycle"]).toEqual({
      create_before_destroy: true,
    });
  });

  test("leaves the component of an earlier content to the recipes of releases that use it", () => {
    expect(made().resource("aws_imagebuilder_component")["skip_destroy"]).toBe(true);
  });

  test("has its component's document byte for byte", () => {
    expect(made().resource("aws_imagebuilder_component")["data"]).toMatch(
      /^\$\{file\("assets\/.*base-component\.yml"\)\}$/,
    );
  });
});

describe("the base component", () => {
  const text = readFileSync("constructs/image/base-component.yml", "utf8");
  const document = parse(text) as { phases: { name: string; steps: { name: string; inputs: unknown }[] }[] };

  test("keeps within what Image Builder takes", () => {
    expect(text.length).toBeLessThanOrEqual(16_000);
    expect(document.phases.map(({ name }) => name)).toEqual(["build", "validate"]);
  });

  test("begins every script so that a command that fails fails it", () => {
    for (const { inputs } of document.phases.flatMap(({ steps }) => steps))
      for (const command of (inputs as { commands?: string[] }).commands ?? [])
        expect(command).toMatch(/^set -eu\n/);
  });
});

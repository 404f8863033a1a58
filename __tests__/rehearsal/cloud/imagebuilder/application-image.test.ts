import {
  CreateComponentCommand,
  CreateImageCommand,
  CreateImageRecipeCommand,
  CreateInfrastructureConfigurationCommand,
} from "@aws-sdk/client-imagebuilder";
import { zipSync } from "fflate";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ImageBuilderFixture, parentImage } from "./image-builder-fixture";

const jar = join(process.cwd(), "app-src/target/app.jar");
const document = readFileSync(join(process.cwd(), "app-src/image/component.yml"), "utf8");

/** Needs the application's jar, which the build of app-src makes. */
(existsSync(jar) ? describe : describe.skip)("the image of the application", () => {
  const fixture = new ImageBuilderFixture();
  beforeAll(() => fixture.start());
  afterAll(() => fixture.stop());

  it.each([
    ["is baked and tested", false, "AVAILABLE"],
    ["is refused when the artifact was changed after the build", true, "FAILED"],
  ])(
    "%s",
    async (_sentence, tampered, status) => {
      const archive = Buffer.from(zipSync({ "app.jar": [readFileSync(jar), { level: 0 }] }));
      fixture.putObject(archive);
      const sha = createHash("sha256")
        .update(tampered ? "other" : archive)
        .digest("hex");
      const { client } = fixture;
      const version = tampered ? "1.0.1" : "1.0.0";
      const component = await client.send(
        new CreateComponentCommand({
          name: "application",
          semanticVersion: version,
          platform: "Linux",
          data: document,
        }),
      );
      const parameters = {
        ArtifactUri: "s3://artifacts/app.zip",
        ArtifactSha256: sha,
        Version: version,
        CommitId: "abc123",
      };
      const recipe = await client.send(
        new CreateImageRecipeCommand({
          name: "application",
          semanticVersion: version,
          parentImage,
          components: [
            {
              componentArn: component.componentBuildVersionArn,
              parameters: Object.entries(parameters).map(([name, value]) => ({ name, value: [value] })),
            },
          ],
        }),
      );
      const infrastructure = await client.send(
        new CreateInfrastructureConfigurationCommand({
          name: `builder ${String(tampered)}`,
          instanceProfileName: "builder",
        }),
      );
      const { imageBuildVersionArn } = await client.send(
        new CreateImageCommand({
          imageRecipeArn: recipe.imageRecipeArn,
          infrastructureConfigurationArn: infrastructure.infrastructureConfigurationArn,
        }),
      );
      const image = await fixture.ended(imageBuildVersionArn!);
      if (tampered)
        expect(image.state?.reason).toContain("artifact s3://artifacts/app.zip was changed after the build");
      else if (image.state?.status !== "AVAILABLE") throw new Error(logOf(fixture, version));
      expect(image.state?.status).toBe(status);
      expect(fixture.gateway.unexpected).toEqual([]);
    },
    60_000,
  );
});

const logOf = (fixture: ImageBuilderFixture, version: string): string =>
  readFileSync(join(fixture.cloud.directory, `imagebuilder/logs/application/${version}-1.log`), "utf8");

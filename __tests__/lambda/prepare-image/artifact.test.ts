import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";
import { componentCharacters, readArtifact } from "../../../lambda/prepare-image/artifact";

const source = "s3://bucket/key";
const jar = strToU8("a jar");
const jarSha256 = createHash("sha256").update(jar).digest("hex");
const component = strToU8("name: application\n");

describe("an artifact", () => {
  it("gives its SHA-256 and the component document", () => {
    const archive = zipSync({ "app.jar": jar, "image/component.yml": component, other: strToU8("x") });
    expect(readArtifact(archive, source, jarSha256)).toEqual({
      sha256: createHash("sha256").update(archive).digest("hex"),
      component: "name: application\n",
    });
  });

  it.each([
    ["is no zip archive", strToU8("garbage"), "s3://bucket/key is no zip archive that can be read"],
    ["is empty", new Uint8Array(), "no zip archive"],
    ["lacks the application", zipSync({ "image/component.yml": component }), "app.jar is missing"],
    [
      "lacks the component",
      zipSync({ "app.jar": jar }),
      "image/component.yml is missing in the artifact s3://bucket/key",
    ],
    [
      "has an empty component",
      zipSync({ "app.jar": jar, "image/component.yml": strToU8(" \n") }),
      "is empty",
    ],
    [
      "has a component that is no text",
      zipSync({ "app.jar": jar, "image/component.yml": new Uint8Array([0xff, 0xfe, 0xff]) }),
      "is no UTF-8 text",
    ],
    [
      "has a component longer than Image Builder takes",
      zipSync({ "app.jar": jar, "image/component.yml": strToU8("x".repeat(componentCharacters + 1)) }),
      "has 16001 characters; Image Builder takes up to 16000",
    ],
    [
      "would unpack to an absurd size",
      zipSync({ "app.jar": jar, "image/component.yml": new Uint8Array(5_000_000) }),
      "unpacks image/component.yml to 5000000 bytes; allowed: 64000",
    ],
    [
      "has another application than was built",
      zipSync({ "app.jar": strToU8("evil"), "image/component.yml": component }),
      `the build's was ${jarSha256}`,
    ],
  ])("that %s is refused", (_what, archive, message) =>
    expect(() => readArtifact(archive, source, jarSha256)).toThrow(message),
  );

  it("that holds a file twice is refused", () => {
    const archive = zipSync(
      { "app.jar": jar, "app.jaR": jar, "image/component.yml": component },
      { level: 0 },
    );
    const text = Buffer.from(archive).toString("latin1").replaceAll("app.jaR", "app.jar");
    expect(() => readArtifact(Buffer.from(text, "latin1"), source, jarSha256)).toThrow("holds app.jar twice");
  });
});

import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { Readable } from "node:stream";
import { documentOf, RunnerFixture } from "./runner-fixture";

const fixture = new RunnerFixture();
const s3 = mockClient(S3Client);
beforeAll(async () => {
  await fixture.start();
  fixture.s3 = new S3Client({ region: "eu-central-1" });
});
afterAll(() => fixture.stop());

/** A document of two phases that says which of them has run. */
const inner = (parameters = ""): string => `schemaVersion: 1.0
parameters: [${parameters}]
phases:
  - name: build
    steps: [{ name: Say, action: ExecuteBash, inputs: { commands: ["echo 'built {{ Word }}'"] } }]
  - name: test
    steps: [{ name: Say, action: ExecuteBash, inputs: { commands: ["echo tested"] } }]
`;
const word = "{ Word: { type: string, default: none } }";
const execute = (inputs: string, more = "") =>
  fixture.step("ExecuteDocument", `${more}  inputs: { ${inputs} }\n`);
const said = (): string[] => fixture.lines.filter((line) => line.startsWith("Stdout: "));

it("runs all phases of a file of the machine", async () => {
  await fixture.write("/opt/inner.yml", inner(word));
  expect(await execute("document: /opt/inner.yml")).toBeUndefined();
  expect(said()).toEqual(["Stdout: built none", "Stdout: tested"]);
});

it("runs the phases that it names of a component, with parameters", async () => {
  const arn = "arn:aws:imagebuilder:eu-central-1:111122223333:component/inner/1.0.0/1";
  fixture.components.set(arn, inner(word));
  const parameters = "parameters: [{ name: Word, value: well }]";
  expect(await execute(`document: "${arn}", phases: build, ${parameters}`)).toBeUndefined();
  expect(said()).toEqual(["Stdout: built well"]);
});

it("reads an object of the bucket's owner", async () => {
  s3.on(GetObjectCommand).callsFake(async () => ({
    Body: Object.assign(Readable.from([]), { transformToString: async () => inner(word) }),
  }));
  const owner = "document-s3-bucket-owner: '111122223333'";
  expect(await execute(`document: s3://documents/inner.yml, ${owner}`)).toBeUndefined();
  expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({
    Bucket: "documents",
    Key: "inner.yml",
    ExpectedBucketOwner: "111122223333",
  });
});

it.each([
  ["a file that is not there", "document: /opt/gone.yml", "/opt/gone.yml does not exist"],
  ["a phase that is not there", "document: /opt/inner.yml, phases: validate", "has no phase 'validate'"],
])("fails with %s", async (_what, inputs, message) => {
  await fixture.write("/opt/inner.yml", inner(word));
  expect((await execute(inputs))?.message).toContain(message);
});

it("fails without a parameter that has no default", async () => {
  await fixture.write("/opt/asks.yml", inner("{ Word: { type: string } }"));
  expect((await execute("document: /opt/asks.yml"))?.message).toContain("needs the parameter 'Word'");
});

it("fails with what failed in the document, and when that is none", async () => {
  await fixture.write(
    "/opt/fails.yml",
    documentOf("- name: Fails\n  action: ExecuteBash\n  inputs: { commands: [exit 3] }"),
  );
  expect((await execute("document: /opt/fails.yml"))?.message).toBe(
    "ExecuteDocument: /opt/fails.yml failed: step 'Fails' in phase 'build': ExecuteBash: exit status 3",
  );
  await fixture.write("/opt/none.yml", "schemaVersion: 2.0");
  expect((await execute("document: /opt/none.yml"))?.message).toContain("/opt/none.yml is not valid");
});

it("goes three documents deep and no deeper", async () => {
  const nests = (path: string): string =>
    documentOf(`- name: Nest\n  action: ExecuteDocument\n  inputs: { document: ${path} }`);
  await fixture.write("/opt/inner.yml", inner(word));
  await fixture.write("/opt/second.yml", nests("/opt/inner.yml"));
  await fixture.write("/opt/first.yml", nests("/opt/second.yml"));
  expect(await execute("document: /opt/first.yml")).toBeUndefined();
  await fixture.write("/opt/top.yml", nests("/opt/first.yml"));
  expect((await execute("document: /opt/top.yml"))?.message).toContain("may be nested 3 levels deep");
});

it.each([
  ["timeoutSeconds: 5", "allows no timeoutSeconds but -1"],
  ["maxAttempts: 2", "allows no maxAttempts but 1"],
])("is refused with %s", async (setting, message) => {
  await expect(execute("document: /opt/inner.yml", `  ${setting}\n`)).rejects.toThrow(message);
});

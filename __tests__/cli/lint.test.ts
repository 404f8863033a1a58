import { execFile } from "node:child_process";
import { promisify } from "node:util";

interface Example {
  readonly file: string;
  readonly code: string;
  /** text of the refusal; none: the code is accepted */
  readonly refusal?: string;
}

const examples: Example[] = [
  { file: "stacks/a.ts", code: "export const a: any = 1;", refusal: "Unexpected any" },
  { file: "stacks/a.ts", code: "export default 1;", refusal: "Prefer named exports" },
  { file: "pipeline.config.ts", code: "export default 1;" },
  { file: "cli/a.ts", code: "export enum A { B }", refusal: "not an enum" },
  { file: "cli/a.ts", code: 'export * from "./b";', refusal: "No barrels" },
  {
    file: "constructs/fleet/a.ts",
    code: "export const a = console.log;",
    refusal: "Unexpected console statement",
  },
  { file: "cli/a.ts", code: "export const a = console.log;" },
  {
    file: "constructs/a.ts",
    code: 'export { S3Bucket } from "@cdktf/provider-aws";',
    refusal: "lib/<resource>",
  },
  {
    file: "constructs/a.ts",
    code: 'import { s3Bucket } from "@cdktf/provider-aws/lib"; s3Bucket;',
    refusal: "lib/<resource>",
  },
  { file: "constructs/a.ts", code: 'export { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";' },
  {
    file: "constructs/a.ts",
    code: "export const a = process.env.REGION;",
    refusal: "doesn't read process.env",
  },
  { file: "stacks/a.ts", code: "export const a = process.env.REGION;" },
  ...[
    ["constructs/fleet/a.ts", "../../config/names", "constructs/ must not import from config/"],
    ["constructs/a.ts", "../stacks/b", "constructs/ must not import from stacks/"],
    ["constructs/a.ts", "../contract/functions"],
    ["stacks/a.ts", "../cli/b", "stacks/ must not import from cli/"],
    ["stacks/a.ts", "../constructs/fleet/b"],
    ["stacks/a.ts", "../config/names"],
    ["lambda/version/a.ts", "../../constructs/shared/b", "lambda/ must not import from constructs/"],
    ["lambda/version/a.ts", "../../config/names", "lambda/ must not import from config/"],
    ["lambda/version/a.ts", "../../contract/functions"],
    ["rehearsal/cloud/a.ts", "../../constructs/b", "rehearsal/ must not import from constructs/"],
    ["rehearsal/a.ts", "../stacks/b", "rehearsal/ must not import from stacks/"],
    ["rehearsal/a.ts", "./stacks"],
    ["contract/a.ts", "../config/names", "contract/ must not import from config/"],
    ["contract/a.ts", "./functions"],
    ["config/a.ts", "../stacks/b", "config/ must not import from stacks/"],
  ].map(([file, from, refusal]) => ({
    file: file!,
    code: `export { a } from "${from}";`,
    ...(refusal === undefined ? {} : { refusal }),
  })),
];

/** ESLint's configuration is a module that jest's own module system can't load, so a process of its own does. */
const script = `
  import { ESLint } from "eslint";
  const eslint = new ESLint();
  const messages = [];
  for (const { file, code } of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(code, { filePath: file });
    messages.push(result.messages.map(({ message }) => message));
  }
  console.log(JSON.stringify(messages));
`;

describe("the lint rules", () => {
  let messages: string[][];
  beforeAll(async () => {
    const args = ["--input-type=module", "--eval", script, JSON.stringify(examples)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    messages = JSON.parse(stdout) as string[][];
  }, 60_000);

  test.each(examples.map((example, index) => ({ ...example, index })))(
    "$file: $code",
    ({ index, refusal }) => {
      const found = messages[index]!.filter(
        (message) => !/Expected an assignment or function call/.test(message),
      );
      expect(found).toEqual(refusal === undefined ? [] : [expect.stringContaining(refusal)]);
    },
  );
});

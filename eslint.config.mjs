import path from "node:path";
import importX from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/**
 * Rules without type information: they cost seconds less, and `tsc` runs beside them. Formatting is Prettier's.
 * __tests__/cli/lint.test.ts has a refused example of each rule that is ours.
 */

/** Folders whose modules import nothing of others, and why: the arrows of the house point one way. */
const arrows = {
  constructs: {
    not: ["config", "stacks", "cli", "lambda", "rehearsal"],
    why: "a construct takes what it needs as props",
  },
  stacks: { not: ["cli", "lambda", "rehearsal"], why: "main → stacks → constructs" },
  lambda: {
    not: ["config", "stacks", "constructs", "cli", "rehearsal"],
    why: "a function knows only the contract",
  },
  rehearsal: {
    not: ["stacks", "constructs", "lambda"],
    why: "it knows the synthesized JSON and the AWS APIs",
  },
  contract: {
    not: ["config", "stacks", "constructs", "cli", "lambda", "rehearsal"],
    why: "it depends on nobody",
  },
  config: {
    not: ["stacks", "constructs", "lambda", "rehearsal"],
    why: "the configuration stops at the stack",
  },
};

const arrowsRule = {
  create(context) {
    const folderOf = (file) => path.relative(context.cwd, file).split(path.sep)[0];
    const from = folderOf(context.filename);
    const check = ({ source }) => {
      if (!Object.hasOwn(arrows, from) || typeof source?.value !== "string" || !source.value.startsWith("."))
        return;
      const target = folderOf(path.resolve(path.dirname(context.filename), source.value));
      if (!arrows[from].not.includes(target)) return;
      context.report({
        node: source,
        message: `${from}/ must not import from ${target}/: ${arrows[from].why}.`,
      });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ImportExpression: check };
  },
};

const providerIndex = {
  regex: "^@cdktf/provider-aws(?:/lib)?(?:/index)?$",
  message: "Import @cdktf/provider-aws/lib/<resource>: the index costs 2,600 modules, 580 MB and seconds.",
};
const noEnums = { selector: "TSEnumDeclaration", message: "Use a union of string literals, not an enum." };
const noBarrels = {
  selector: "ExportAllDeclaration",
  message: "No barrels: import from the file that declares it.",
};
const noEnvironment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: "A construct doesn't read process.env: configuration stops at the stack.",
};

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "cdktf.out/",
      "dist/",
      "coverage/",
      ".bootstrap/",
      "app-src/",
      "bench/peers/",
      "**/.venv/",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    plugins: { "import-x": importX, house: { rules: { arrows: arrowsRule } } },
    rules: {
      "house/arrows": "error",
      "import-x/no-default-export": "error",
      "import-x/no-duplicates": "error",
      "no-restricted-imports": ["error", { patterns: [providerIndex] }],
      "no-restricted-syntax": ["error", noEnums, noBarrels],
      eqeqeq: "error",
      "no-console": "error",
      "no-control-regex": "error",
      "no-fallthrough": "error",
      "no-unsafe-finally": "error",
      "object-shorthand": "error",
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // The SDK types every field of an answer as optional: an assertion says what the service promises.
      "@typescript-eslint/no-non-null-assertion": "off",
      // A construct may consist of its constructor, and a function that reports nothing is `void` in a union.
      "@typescript-eslint/no-extraneous-class": "off",
      "@typescript-eslint/no-invalid-void-type": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
    },
  },
  {
    files: ["constructs/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", noEnums, noBarrels, noEnvironment] },
  },
  { files: ["pipeline.config.ts"], rules: { "import-x/no-default-export": "off" } },
  {
    // These talk to a person, or to a log.
    files: ["cli/**/*.ts", "rehearsal/**/*.ts", "bench/**/*.ts", "lambda/**/*.ts", "main.ts"],
    rules: { "no-console": "off" },
  },
);

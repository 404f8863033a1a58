#!/usr/bin/env node
/**
 * `node run.mjs <entry.ts> [arguments]` bundles a TypeScript entry with esbuild and runs it in this process: faster
 * than compiling module by module (docs/benchmarks.md), and every command needs only Node.
 *
 * Rules for what runs under it:
 * - The working directory is the project's root, wherever the command was started. Find files with `process.cwd()`:
 *   in a bundle `__dirname` is the entry's folder and `import.meta` is empty.
 * - Modules are CommonJS, without top-level `await`: an asynchronous entry ends with `runCommand(main)`.
 *
 * Our own code is compiled anew by every run, in about 10 ms, and never touches the disk. The packages that it imports
 * change only with an installation: they are bundled once into node_modules/.cache, under a name made from the list of
 * imports and the installation, and put there by a rename, so runs at the same time can't see a half-written file. Beside
 * them lies what V8 made of them in the first run, which saves the others compiling it.
 */
import { createHash } from "node:crypto";
import { mkdirSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin, Module } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const root = path.dirname(fileURLToPath(import.meta.url));
const cache = path.join(root, "node_modules/.cache/immutable-server-pipeline");
const fromRoot = createRequire(import.meta.url);
// Every plan and deploy synthesizes, so that does without the time a source map takes.
const withoutSourceMap = "main.ts";
// They load native code or files that lie beside them.
const unbundled = [
  "@cloud-copilot/iam-simulate", // reads the service authorization data from its own package
  "esbuild",
  "eslint",
  "jest",
  "typescript",
  "prettier",
  "@swc/core",
  "@swc/jest",
  "cdktf-cli",
];
const options = {
  bundle: true,
  write: false,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "error",
};

const [entry, ...rest] = process.argv.slice(2);
process.chdir(root);
// Node 20 is supported here for as long as the SDK versions in package.json support it; their reminder is not for users.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
if (entry === undefined || !existsSync(entry)) {
  fail(`no entry "${entry ?? ""}" in the project; usage: node run.mjs <entry.ts> [arguments]`);
}
const file = path.resolve(entry);
process.argv = [process.argv[0], file, ...rest];
const own = compile(file);
const bundled = packages(own.imports);
run(own.code, file, bundled.modules);
bundled.keepCompiled();

/** Our code and the packages it imports. */
function compile(file) {
  const sourcemap = path.relative(root, file) !== withoutSourceMap && "inline";
  process.setSourceMapsEnabled(sourcemap !== false);
  const result = build({
    entryPoints: [file],
    outfile: path.join(path.dirname(file), "bundle.cjs"), // never written; source maps are relative to it
    packages: "external",
    metafile: true,
    sourcemap,
    sourcesContent: false,
  });
  const [output] = Object.values(result.metafile.outputs);
  const imports = new Set(
    output.imports.filter(({ kind }) => kind === "require-call").map((one) => one.path),
  );
  return {
    code: result.outputFiles[0].text,
    imports: [...imports].filter((name) => !isBuiltin(name) && !unbundled.includes(name)).sort(),
  };
}

/** One lazy function for each imported package. */
function packages(imports) {
  const installed = statSync(path.join(root, "node_modules/.package-lock.json"), { throwIfNoEntry: false });
  const key = JSON.stringify([imports, installed?.mtimeMs, statSync(fileURLToPath(import.meta.url)).mtimeMs]);
  const file = path.join(
    cache,
    `packages-${createHash("sha256").update(key).digest("hex").slice(0, 16)}.cjs`,
  );
  if (!existsSync(file)) {
    const lines = imports.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)}),`);
    const code = build({
      stdin: { contents: `module.exports = {\n${lines.join("\n")}\n};`, resolveDir: root },
      external: unbundled,
      minifySyntax: true,
      minifyWhitespace: true,
    }).outputFiles[0].text;
    mkdirSync(cache, { recursive: true });
    write(file, code);
  }
  return evaluatePackages(readFileSync(file, "utf8"), file);
}

/** V8 itself refuses compiled code that is another version's, or not of this source. */
function evaluatePackages(code, file) {
  const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  // before Node 20.12 a script can't have `import()`
  if (importModuleDynamically === undefined)
    return { modules: evaluate(code, file, fromRoot), keepCompiled() {} };
  const compiled = `${file}.v8`;
  const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new vm.Script(Module.wrap(code), { filename: file, cachedData, importModuleDynamically });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, fromRoot, module, file, path.dirname(file));
  return {
    modules: module.exports,
    /** To be called after the run: only functions that were called are compiled. */
    keepCompiled() {
      if (cachedData === undefined || script.cachedDataRejected) write(compiled, script.createCachedData());
    },
  };
}

function write(file, content) {
  writeFileSync(`${file}.${process.pid}`, content);
  renameSync(`${file}.${process.pid}`, file);
}

function build(specific) {
  try {
    return fromRoot("esbuild").buildSync({ ...options, ...specific });
  } catch (error) {
    if (error?.code === "MODULE_NOT_FOUND") fail("the project's packages are not installed; run: npm ci");
    process.exit(1); // esbuild has printed the place and the reason
  }
}

function run(code, file, bundled) {
  try {
    evaluate(code, file, (name) => (name in bundled ? bundled[name]() : fromRoot(name)));
  } catch (error) {
    // A mistake that the user can put right (cli/user-error.ts) is a message; anything else is our bug, with its stack.
    if (error?.name !== "UserError") throw error;
    fail(error.message);
  }
}

function evaluate(code, file, require) {
  const module = new Module(file);
  module.filename = file;
  module.paths = Module._nodeModulePaths(path.dirname(file));
  module.require = require;
  module._compile(code, file);
  return module.exports;
}

function fail(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { zipSync } from "fflate";

export interface FunctionBundlesProps {
  /** Folder that holds one folder a function, with its code in `index.js`; relative to the project. */
  readonly directory: string;
}

/** The functions' code, one archive for all functions that share it, whatever their number. */
export class FunctionBundles extends Construct {
  private readonly bundles = new Map<string, FunctionBundle>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionBundlesProps,
  ) {
    super(scope, id);
  }

  of(functionName: string): FunctionBundle {
    const known = this.bundles.get(functionName);
    if (known !== undefined) return known;
    const file = archive(path.join(this.props.directory, functionName, "index.js"));
    const asset = new TerraformAsset(this, pascalCase(functionName), { path: file, type: AssetType.FILE });
    const bundle = {
      file: asset.path,
      sha256: createHash("sha256").update(readFileSync(file)).digest("base64"),
    };
    this.bundles.set(functionName, bundle);
    return bundle;
  }
}

export interface FunctionBundle {
  readonly file: string;
  /** base64, as Lambda reports it */
  readonly sha256: string;
}

/**
 * Zips a bundle beside it, under a name made from its content, so an unchanged one is zipped once. cdktf's own archives
 * carry the time and are made by a process each; these are the same byte for byte on every machine.
 */
function archive(source: string): string {
  const code = readFileSync(source);
  const hash = createHash("sha256").update(code).digest("hex").slice(0, 16);
  const file = path.join(path.dirname(source), hash, "function.zip");
  if (existsSync(file)) return file;
  mkdirSync(path.dirname(file), { recursive: true });
  // 1980 is the oldest that the format can say; 0644 << 16 marks a plain file that anybody may read
  const zip = zipSync({
    "index.js": [code, { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 }],
  });
  writeFileSync(`${file}.${process.pid}`, zip);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

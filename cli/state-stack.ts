import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readState, type StateFile } from "./state-decision";
import { terraform } from "./terraform";
import { UserError } from "./user-error";

/** The synthesized `state` stack, as far as it is read here. */
interface Document {
  readonly terraform?: {
    readonly backend?: { readonly s3?: { readonly bucket?: string; readonly key?: string } };
  };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}
interface Resource {
  readonly bucket?: unknown;
  readonly lifecycle?: Readonly<Record<string, unknown>>;
}

/**
 * The `state` stack with its state on this machine. It works in a folder of its own, which outlives every synthesis and
 * is removed only once the state lies in the bucket: what an interrupted run leaves is found there by the next one.
 */
export class StateStack {
  private readonly document: Document;

  constructor(
    synthesized: string,
    private readonly directory: string,
  ) {
    this.document = JSON.parse(readFileSync(path.join(synthesized, "cdk.tf.json"), "utf8")) as Document;
  }

  /** Where the stack keeps its state for good. */
  get backend(): { readonly bucket: string; readonly key: string } {
    const { bucket, key } = this.document.terraform?.backend?.s3 ?? {};
    if (bucket === undefined || key === undefined)
      throw new Error("the synthesized state stack has no S3 backend");
    return { bucket, key };
  }

  get localState(): StateFile | undefined {
    return existsSync(this.stateFile) ? readState(readFileSync(this.stateFile, "utf8")) : undefined;
  }

  /** Makes the bucket, with the state here. */
  async apply(): Promise<void> {
    this.prepare(this.document);
    this.keepStateHere();
    await terraform(this.directory, ["init", "-reconfigure"]);
    await terraform(this.directory, ["apply", "-auto-approve"]);
  }

  /** Takes the existing bucket into the state here. Its settings need no import: applying them writes them anew. */
  async adopt(): Promise<void> {
    const { bucket } = this.backend;
    const [address] = Object.keys(this.document.resource?.["aws_s3_bucket"] ?? {});
    if (address === undefined) throw new Error("the synthesized state stack has no aws_s3_bucket");
    this.prepare(this.document);
    this.write("import.tf.json", { import: [{ to: `aws_s3_bucket.${address}`, id: bucket }] });
    this.keepStateHere();
    await terraform(this.directory, ["init", "-reconfigure"]);
    await terraform(this.directory, ["apply", "-auto-approve"]);
    rmSync(path.join(this.directory, "import.tf.json"));
  }

  /** Moves the state from here into the bucket. */
  async migrateToBucket(): Promise<void> {
    rmSync(this.override, { force: true });
    await terraform(this.directory, ["init", "-migrate-state", "-force-copy"]);
  }

  /** Moves the state from the bucket to here. */
  async migrateFromBucket(): Promise<void> {
    rmSync(this.stateFile, { force: true });
    this.prepare(this.document);
    await terraform(this.directory, ["init", "-reconfigure"]);
    this.keepStateHere();
    await terraform(this.directory, ["init", "-migrate-state", "-force-copy"]);
    if (this.localState === undefined) throw new UserError(`the state was not copied to ${this.stateFile}`);
  }

  /** Destroys the bucket, with the state here. A bucket that is protected from accidents is not from this. */
  async destroy(): Promise<void> {
    this.prepare(withoutProtection(this.document));
    this.keepStateHere();
    await terraform(this.directory, ["init", "-reconfigure"]);
    await terraform(this.directory, ["destroy", "-auto-approve"]);
  }

  /** Removes the working folder, with the copy of the state in it. */
  tidy(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  get stateFile(): string {
    return path.join(this.directory, "terraform.tfstate");
  }

  private get override(): string {
    return path.join(this.directory, "backend_override.tf.json");
  }

  private prepare(document: Document): void {
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(path.join(this.directory, ".gitignore"), "*\n");
    rmSync(path.join(this.directory, "import.tf.json"), { force: true });
    rmSync(this.override, { force: true });
    this.write("cdk.tf.json", document);
  }

  /** A file whose name ends so replaces the backend of the others. */
  private keepStateHere(): void {
    this.write(path.basename(this.override), {
      terraform: { backend: { local: { path: "terraform.tfstate" } } },
    });
  }

  private write(name: string, content: unknown): void {
    writeFileSync(path.join(this.directory, name), JSON.stringify(content, undefined, 2));
  }
}

/** `prevent_destroy` keeps `cdktf destroy` from the bucket that holds the other states. */
function withoutProtection(document: Document): Document {
  const resource = Object.entries(document.resource ?? {}).map(([type, instances]) => [
    type,
    Object.fromEntries(
      Object.entries(instances).map(([id, { lifecycle, ...rest }]) => [
        id,
        lifecycle === undefined ? rest : { ...rest, lifecycle: { ...lifecycle, prevent_destroy: false } },
      ]),
    ),
  ]);
  return { ...document, resource: Object.fromEntries(resource) as Document["resource"] & object };
}

import type { S3Client } from "@aws-sdk/client-s3";
import { mkdtempSync, realpathSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "../../../../../rehearsal/cloud/imagebuilder/runner/parse-document";
import {
  DocumentRunner,
  type PhaseFailure,
} from "../../../../../rehearsal/cloud/imagebuilder/runner/run-document";
import { type BootedMachine, bootMachine } from "../../../../../rehearsal/cloud/machine/boot";
import { MachineImages, removeTree } from "../../../../../rehearsal/cloud/machine/machine-images";

/** A plain Amazon Linux 2023 machine that documents run on. */
export class RunnerFixture {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), "runner-")));
  readonly lines: string[] = [];
  machine!: BootedMachine;
  s3 = {} as S3Client;
  /** Documents of components, by ARN. */
  readonly components = new Map<string, string>();

  async start(): Promise<void> {
    const root = join(this.directory, "root");
    await new MachineImages(join(this.directory, "images")).clone("ami-base", root);
    const directory = join(this.directory, "machine");
    const settings = { root, directory, instanceId: "i-1", metadataEndpoint: "http://127.0.0.1:1" };
    this.machine = await bootMachine(settings, new AbortController().signal);
  }

  async stop(): Promise<void> {
    await this.machine.shutDown();
    await removeTree(this.directory);
  }

  /** Runs the phases of a document in order, up to the first that fails. */
  async run(source: string, parameters: Record<string, string> = {}): Promise<PhaseFailure | undefined> {
    this.lines.length = 0;
    const document = parseDocument(source);
    const runner = new DocumentRunner({
      document,
      parameters: new Map(Object.entries(parameters)),
      machine: this.machine,
      s3: this.s3,
      variables: {},
      workingDirectory: "/",
      scratch: join(this.directory, "scratch"),
      log: (line) => this.lines.push(line),
      signal: new AbortController().signal,
      component: async (arn) => this.components.get(arn)!,
    });
    for (const { name } of document.phases) {
      const failure = await runner.phase(name);
      if (failure) return failure;
    }
    return undefined;
  }

  /** Runs one step, its YAML given without the step's name. */
  step(action: string, rest: string): Promise<PhaseFailure | undefined> {
    return this.run(documentOf(`- name: TheStep\n  action: ${action}\n${rest}`));
  }

  bash(script: string): Promise<PhaseFailure | undefined> {
    return this.step("ExecuteBash", `  inputs:\n    commands:\n      - ${JSON.stringify(script)}`);
  }

  path(path: string): string {
    return this.machine.paths.inRoot(path);
  }

  read(path: string): Promise<string> {
    return readFile(this.path(path), "utf8");
  }

  write(path: string, content: string | Buffer): Promise<void> {
    return writeFile(this.path(path), content);
  }
}

/** A document with one build phase of these steps. */
export function documentOf(steps: string, head = ""): string {
  const indented = steps
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");
  return `schemaVersion: 1.0\n${head}\nphases:\n  - name: build\n    steps:\n${indented}\n`;
}

import { setTimeout as wait } from "node:timers/promises";
import { join } from "node:path";
import {
  type ActionModule,
  type MachineContext,
  RebootRequest,
  type StepContext,
  StepFailure,
} from "./action-module";
import { verdictOf } from "./conditions";
import type { ComponentDocument, Inputs, Loop, Phase, Step } from "./document";
import { type Outputs, resolveInputs, resolveText, type Scope } from "./expressions";
import { modules } from "./modules/modules";

export interface DocumentRun extends MachineContext {
  readonly document: ComponentDocument;
  readonly parameters: ReadonlyMap<string, string>;
  /** How many documents this one is nested in. */
  readonly level?: number;
}

/** The first step that failed a phase, if one did. */
export interface PhaseFailure {
  readonly phase: string;
  readonly step: string;
  readonly action: string;
  readonly message: string;
}

interface StepRecord {
  readonly inputs: Inputs;
  readonly outputs: Outputs;
}

/** The document's own limit on restarts that one step may ask for; SSM's default. */
const mostReboots = 5;
/** Below the document of a component, ExecuteDocument may go that deep. */
const deepest = 3;

/** Runs documents phase by phase, as AWSTOE does for Image Builder; keeps what steps put out for later phases of a stage. */
export class DocumentRunner {
  private readonly steps = new Map<string, StepRecord>();

  constructor(private readonly run: DocumentRun) {}

  /** Undefined when the phase succeeded, or when the document has none of that name. */
  async phase(name: string): Promise<PhaseFailure | undefined> {
    const phase = this.run.document.phases.find((each) => each.name === name);
    if (!phase) return undefined;
    this.run.log(`Phase ${name}`);
    let first: PhaseFailure | undefined;
    for (const step of phase.steps) {
      this.run.log(`Step ${step.name}`);
      const message = await this.step(step, phase);
      if (message === undefined) continue;
      this.run.log(`Step ${step.name} failed: ${message}`);
      if (step.onFailure === "Ignore") continue;
      first ??= { phase: name, step: step.name, action: step.action, message };
      if (step.onFailure === "Abort") break;
    }
    this.run.log(
      first ? "TOE has completed execution with failure - Execution failed!" : `Phase ${name} succeeded`,
    );
    return first;
  }

  /** Why the step failed, or undefined. */
  private async step(step: Step, phase: Phase): Promise<string | undefined> {
    const scope: Scope = { variables: this.variables(), steps: this.steps };
    const verdict = verdictOf(step.condition, scope);
    if (verdict === "Abort") return "the step's condition asks to abort";
    if (verdict === "Skip") {
      this.run.log(`Step ${step.name} is skipped by its condition`);
      return undefined;
    }
    const module = modules[step.action]!;
    const rounds = step.loop
      ? loopValues(step.loop, scope).map((value, index) => ({ index, value }))
      : [undefined];
    for (const round of rounds) {
      const loop = round && { name: step.loop?.name, ...round };
      const inputs = resolveInputs(step.inputs, loop ? { ...scope, loop } : scope);
      const message = await this.attempts(step, module, inputs, phase);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  private async attempts(
    step: Step,
    module: ActionModule,
    inputs: Inputs,
    phase: Phase,
  ): Promise<string | undefined> {
    let message = "";
    for (let attempt = 1; attempt <= step.maxAttempts; attempt++) {
      if (attempt > 1) this.run.log(`Step ${step.name}: attempt ${attempt} of ${step.maxAttempts}`);
      try {
        const outputs = await this.once(step, module, inputs);
        this.steps.set(`${phase.name}.${step.name}`, { inputs, outputs });
        return undefined;
      } catch (error) {
        this.run.signal.throwIfAborted();
        if (!(error instanceof StepFailure)) throw error;
        message = error.message;
        if (attempt < step.maxAttempts) await wait(100, undefined, { signal: this.run.signal });
      }
    }
    return message;
  }

  private async once(step: Step, module: ActionModule, inputs: Inputs): Promise<Outputs> {
    const limit = step.timeoutSeconds < 0 ? undefined : AbortSignal.timeout(step.timeoutSeconds * 1000);
    const context: StepContext = {
      ...this.run,
      scratch: join(this.run.scratch, step.name),
      log: (line) => this.run.log(line),
      component: (arn) => this.run.component(arn),
      signal: limit ? AbortSignal.any([this.run.signal, limit]) : this.run.signal,
      nested: (...nested) => this.nested(step, ...nested),
    };
    this.run.log(`${step.action}: STARTED EXECUTION`);
    try {
      for (let reboots = 0; ; reboots++)
        try {
          return await module.run(inputs, context);
        } catch (error) {
          if (!(error instanceof RebootRequest)) throw error;
          if (reboots === mostReboots)
            throw new StepFailure(`the step asked for more than ${mostReboots} reboots`);
          this.run.log("the machine is restarted and the step runs again");
        }
    } catch (error) {
      if (limit?.aborted && !this.run.signal.aborted)
        throw new StepFailure(`${step.action}: timed out after ${step.timeoutSeconds} seconds`);
      if (error instanceof StepFailure || this.run.signal.aborted) throw error;
      // a file that can't be written, a bucket that can't be reached: the step's failure, not ours
      if (error instanceof Error && "code" in error)
        throw new StepFailure(`${step.action}: ${this.run.machine.paths.outOfMachine(error.message)}`);
      throw error;
    } finally {
      this.run.log(`${step.action}: FINISHED EXECUTION`);
    }
  }

  private async nested(
    { name }: Step,
    document: ComponentDocument,
    parameters: ReadonlyMap<string, string>,
    phases: readonly string[],
  ): Promise<PhaseFailure | undefined> {
    const level = (this.run.level ?? 0) + 1;
    if (level > deepest)
      throw new StepFailure(`ExecuteDocument: documents may be nested ${deepest} levels deep`);
    const scratch = join(this.run.scratch, name, "document");
    const runner = new DocumentRunner({ ...this.run, document, parameters, level, scratch });
    for (const phase of phases.length > 0 ? phases : document.phases.map((each) => each.name)) {
      const failure = await runner.phase(phase);
      if (failure) return failure;
    }
    return undefined;
  }

  private variables(): ReadonlyMap<string, string> {
    const { document, parameters } = this.run;
    const values = new Map(document.constants);
    for (const parameter of document.parameters) {
      const value = parameters.get(parameter.name) ?? parameter.default;
      if (value !== undefined) values.set(parameter.name, value);
    }
    return values;
  }
}

function loopValues({ values }: Loop, scope: Scope): string[] {
  if ("list" in values) return resolveText(values.list, scope).split(values.delimiter);
  return values.map((value) => resolveText(value, scope));
}

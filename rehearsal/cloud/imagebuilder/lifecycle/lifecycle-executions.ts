import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ServiceError } from "../../api/service-error";
import type { Cloud } from "../../cloud";
import type { Authorizer } from "../../gateway/authorizer";
import type { Arns } from "../arns";
import { notFound } from "../resources";
import type { ImageBuilderStore, PolicyRecord } from "../store";
import { applyTo } from "./apply";
import { type ExecutionRecord, hasEnded } from "./execution";
import { LifecycleRole } from "./lifecycle-role";
import { selectImages } from "./selection";
import { type Target, targetsOf } from "./targets";

/** Longer waits overflow a timer. */
const longestWait = 2 ** 31 - 1;

/** Runs lifecycle actions, of policies and of single images, with the role that each names. */
export class LifecycleExecutions {
  private readonly byId = new Map<string, ExecutionRecord>();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly store: ImageBuilderStore,
    private readonly arns: Arns,
    private readonly authorizer: Authorizer,
  ) {}

  /** @throws ServiceError ResourceNotFoundException */
  get(id: string): ExecutionRecord {
    const found = this.byId.get(id);
    if (!found) throw notFound(this.arns.lifecycleExecution(id));
    return found;
  }

  /** Of a policy or an image, the newest first. */
  of(resourceArn: string): ExecutionRecord[] {
    return [...this.byId.values()].filter((each) => each.resourceArn === resourceArn).reverse();
  }

  /** Runs a policy as it would run at a moment. @throws ServiceError when it is disabled, or runs already */
  startPolicy(policy: PolicyRecord, now: Date): ExecutionRecord {
    if (policy.status === "DISABLED")
      throw new ServiceError("InvalidRequestException", `The lifecycle policy '${policy.arn}' is disabled.`);
    policy.dateLastRun = new Date();
    return this.start(policy.arn, policy.arn, async (execution) => {
      const role = await this.assume(policy.executionRole!, execution);
      const images = await selectImages(role, this.store, policy.resourceSelection!);
      await this.apply(execution, role, targetsOf(policy.policyDetails!, images, now), now);
    });
  }

  /** Changes one image and what belongs to it. @throws ServiceError ResourceInUseException while it is being changed */
  startUpdate(
    target: Target,
    executionRole: string | undefined,
    updateAt: Date | undefined,
  ): ExecutionRecord {
    return this.start(target.image.arn, undefined, async (execution) => {
      const role = executionRole ? await this.assume(executionRole, execution) : undefined;
      await this.apply(execution, role, [target], new Date(), updateAt);
    });
  }

  /** @throws ServiceError ResourceInUseException when it has ended */
  cancel(id: string): void {
    const execution = this.get(id);
    if (hasEnded(execution))
      throw new ServiceError(
        "ResourceInUseException",
        `The lifecycle execution '${id}' is ${execution.status} and can't be cancelled.`,
      );
    execution.status = "CANCELLING";
    execution.cancel.abort();
  }

  /** A policy that is disabled or deleted takes its executions along. */
  cancelAllOf(policyArn: string): void {
    for (const execution of this.of(policyArn)) if (!hasEnded(execution)) this.cancel(execution.id);
  }

  /** Resolves when every execution has ended, after the cloud's signal has been aborted. */
  async close(): Promise<void> {
    await Promise.all(this.running);
  }

  private start(
    resourceArn: string,
    policyArn: string | undefined,
    work: (execution: ExecutionRecord) => Promise<void>,
  ): ExecutionRecord {
    if (this.of(resourceArn).some((each) => !hasEnded(each)))
      throw new ServiceError(
        "ResourceInUseException",
        `A lifecycle execution is in progress already for the resource '${resourceArn}'.`,
      );
    const execution: ExecutionRecord = {
      id: `lce-${randomUUID()}`,
      resourceArn,
      policyArn,
      startTime: new Date(),
      status: "IN_PROGRESS",
      resources: [],
      cancel: new AbortController(),
    };
    this.byId.set(execution.id, execution);
    const run = this.run(execution, work).finally(() => this.running.delete(run));
    this.running.add(run);
    return execution;
  }

  private async run(
    execution: ExecutionRecord,
    work: (execution: ExecutionRecord) => Promise<void>,
  ): Promise<void> {
    try {
      await work(execution);
      const failed = execution.resources.filter(({ state }) => state.status === "FAILED");
      execution.status = failed.length > 0 ? "FAILED" : "SUCCESS";
      if (failed.length > 0) execution.reason = `${failed.length} resources could not be changed.`;
    } catch (error) {
      execution.status = this.signalOf(execution).aborted ? "CANCELLED" : "FAILED";
      execution.reason = (error as Error).message;
    }
    execution.endTime = new Date();
    this.cloud.log(
      "imagebuilder",
      `lifecycle execution ${execution.id} of ${execution.resourceArn} is ${execution.status} ${execution.reason ?? ""}`,
    );
  }

  private async apply(
    execution: ExecutionRecord,
    role: LifecycleRole | undefined,
    targets: readonly Target[],
    now: Date,
    deprecateAt?: Date,
  ): Promise<void> {
    const signal = this.signalOf(execution);
    const { store } = this;
    const { accountId, region } = this.cloud;
    const until = (moment: Date): Promise<void> => waitUntil(moment, signal);
    for (const target of targets) {
      signal.throwIfAborted();
      await applyTo(target, { store, role, execution, now, accountId, region, deprecateAt, until });
    }
  }

  private assume(executionRole: string, { id }: ExecutionRecord): Promise<LifecycleRole> {
    return LifecycleRole.assume(this.cloud, this.authorizer, this.arns.role(executionRole), id);
  }

  private signalOf({ cancel }: ExecutionRecord): AbortSignal {
    return AbortSignal.any([this.cloud.signal, cancel.signal]);
  }
}

async function waitUntil(moment: Date, signal: AbortSignal): Promise<void> {
  for (let left = moment.getTime() - Date.now(); left > 0; left = moment.getTime() - Date.now())
    await wait(Math.min(left, longestWait), undefined, { signal, ref: false });
}

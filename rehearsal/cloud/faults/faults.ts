import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { HttpRequest, HttpResponse } from "../api/protocol";
import type { Service } from "../api/service";
import { ServiceError } from "../api/service-error";
import { EarlierAnswers, type Read } from "./earlier-answers";
import type { FaultPlan, FaultReport, ObservedCall } from "./fault";
import { errorAnswer, errorFor } from "./fault-errors";
import { operationName } from "./operation-name";

/** A request as it arrives, before anybody has looked at it. */
export interface Arrival {
  readonly serviceName: string;
  readonly service: Service | undefined;
  readonly request: HttpRequest;
  readonly accessKeyId: string;
  /** The caller's ARN, or undefined when nobody knows the key. */
  readonly principal: () => Promise<string | undefined>;
}

/** There is no answer: the connection is to be closed. */
export class ConnectionLost extends Error {}

interface Plan extends FaultPlan {
  readonly earlier: EarlierAnswers;
  readonly since: number;
  readonly calls: ObservedCall[];
  readonly seen: number[];
  readonly met: boolean[];
  readonly expired: Set<string>;
  readonly ended: AbortController;
}

/** Lets calls meet faults that were asked for. While there is no plan, calls pass without a look at them. */
export class Faults {
  private readonly plans = new Map<string, Plan>();
  private readonly principals = new Map<string, string>();
  /** What each client has read, by the name of its plans. */
  private readonly earlier = new Map<string, EarlierAnswers>();

  constructor(private readonly log: (text: string) => void) {}

  get planned(): boolean {
    return this.plans.size > 0;
  }

  /** Takes the place of an earlier plan of that name. */
  plan(name: string, { principals, rules }: FaultPlan): void {
    this.cancel(name);
    if (!this.earlier.has(name)) this.earlier.set(name, new EarlierAnswers());
    this.plans.set(name, {
      earlier: this.earlier.get(name)!,
      principals,
      rules,
      since: performance.now(),
      calls: [],
      seen: rules.map(() => 0),
      met: rules.map(() => false),
      expired: new Set(),
      ended: new AbortController(),
    });
  }

  /** Calls that are held lose their connections. */
  cancel(name: string): void {
    this.plans.get(name)?.ended.abort();
    this.plans.delete(name);
  }

  report(name: string): FaultReport | undefined {
    const plan = this.plans.get(name);
    return plan && { calls: plan.calls, met: plan.met };
  }

  /** A key has one owner for as long as it lives, and its owner takes a question to the emulator. */
  private async principalOf({ accessKeyId, principal }: Arrival): Promise<string> {
    const known = this.principals.get(accessKeyId);
    if (known !== undefined) return known;
    const found = await principal();
    if (found !== undefined) this.principals.set(accessKeyId, found);
    return found ?? "";
  }

  /** @throws ConnectionLost */
  async pass(arrival: Arrival, carryOut: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const { serviceName, service, request } = arrival;
    const operation = operationName(serviceName, service, request);
    const read: Read = { serviceName, service, operation, request, requestId: randomUUID() };
    const principal = await this.principalOf(arrival);
    const plan = [...this.plans.values()].find(({ principals }) =>
      principals.some((part) => principal.includes(part)),
    );
    if (!plan) return carryOut();
    const remembering = async (): Promise<HttpResponse> => {
      const answer = await carryOut();
      plan.earlier.remember(read, answer);
      return answer;
    };
    const call: ObservedCall = { service: serviceName, operation };
    plan.calls.push(call);
    const index = ruleFor(plan, call);
    const answer =
      index === undefined && !plan.expired.has(arrival.accessKeyId)
        ? await remembering()
        : await this.meet(plan, index, arrival.accessKeyId, read, remembering);
    call.status = answer.status;
    return answer;
  }

  private async meet(
    plan: Plan,
    index: number | undefined,
    accessKeyId: string,
    read: Read,
    carryOut: () => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const { serviceName, service, operation, request, requestId } = read;
    const rule = index === undefined ? undefined : plan.rules[index];
    const met = (): void => {
      if (index !== undefined) plan.met[index] = true;
      this.log(`${rule?.kind ?? "expire"}: ${serviceName}:${operation} of ${plan.principals.join(", ")}`);
    };
    const refuse = (error: ServiceError): HttpResponse => {
      met();
      return errorAnswer(serviceName, service, request, error, requestId);
    };
    if (rule?.kind === "expire") plan.expired.add(accessKeyId);
    if (!rule || plan.expired.has(accessKeyId)) return refuse(errorFor(serviceName, "expire"));
    switch (rule.kind) {
      case "throttle":
      case "fail":
      case "expire":
        return refuse(errorFor(serviceName, rule.kind));
      case "refuse":
        return refuse(new ServiceError(rule.code, rule.message, rule.status));
      case "stale": {
        const unseen = plan.earlier.recall(read, plan.since);
        const truth = await carryOut();
        const stale = unseen(truth);
        if (stale) met();
        return stale ?? truth;
      }
      case "drop":
        await carryOut();
        met();
        throw new ConnectionLost();
      case "hold":
        await carryOut();
        met();
        await ended(plan.ended.signal);
        throw new ConnectionLost();
      case "repeat":
        met();
        this.later(rule.afterMilliseconds, carryOut);
        return carryOut();
      case "delay":
        met();
        this.later(rule.afterMilliseconds, carryOut);
        return { status: 202, headers: {}, body: "" };
    }
  }

  private later(milliseconds: number, carryOut: () => Promise<HttpResponse>): void {
    pause(milliseconds)
      .then(carryOut)
      .catch((error: unknown) => this.log(`a delayed call failed: ${String(error)}`));
  }
}

/** Every rule counts the calls that fit it; the first whose turn has come is met. */
function ruleFor(plan: Plan, call: ObservedCall): number | undefined {
  const earlier = plan.calls.slice(0, -1);
  let found: number | undefined;
  plan.rules.forEach(({ service = call.service, operation = call.operation, after, nth = 1 }, index) => {
    if (service !== call.service || operation !== call.operation) return;
    if (after !== undefined && !earlier.some((one) => one.operation === after)) return;
    plan.seen[index] = plan.seen[index]! + 1;
    if (plan.seen[index] === nth) found ??= index;
  });
  return found;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

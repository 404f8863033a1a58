/** What a policy may say. Resources are named, or the reason why AWS takes no resource for these actions is. */
export type Statement = {
  readonly actions: readonly string[];
  readonly conditions?: Conditions;
  /** Why neither the rehearsal nor a drill uses an action of these: a rehearsal fails over any other that nobody used. */
  readonly unusedInRehearsal?: Readonly<Record<string, string>>;
  /** The drill that an action of these is for, by its name: the rehearsal does without, and the drill fails without. */
  readonly usedByDrill?: Readonly<Record<string, string>>;
} & (
  | { readonly resources: readonly string[] }
  | {
      /** AWS's reason, in its own terms; every one is checked against the service authorization reference. */
      readonly everyResource: string;
    }
);

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One reason for several actions. */
export function unusedAll(actions: readonly string[], reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries(actions.map((action) => [action, reason]));
}

/** One drill for several actions. */
export function usedAll(actions: readonly string[], drill: string): Readonly<Record<string, string>> {
  return Object.fromEntries(actions.map((action) => [action, drill]));
}

/** A statement of a policy that hangs on a resource and names who it is for. */
export interface ResourceStatement {
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly principal: "*" | { readonly AWS: string } | { readonly Service: string };
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** Identity policy: what the role that it belongs to may do. */
export function identityPolicy(statements: readonly Statement[]): string {
  return policy(
    statements.map((statement) => ({
      Effect: "Allow",
      Action: statement.actions,
      Resource: "resources" in statement ? statement.resources : "*",
      Condition: statement.conditions,
    })),
  );
}

/** Resource policy: who may do what to the resource that it belongs to. */
export function resourcePolicy(statements: readonly ResourceStatement[]): string {
  return policy(
    statements.map(({ sid, effect, principal, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Principal: principal,
      Action: actions,
      Resource: resources,
      Condition: conditions,
    })),
  );
}

export function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

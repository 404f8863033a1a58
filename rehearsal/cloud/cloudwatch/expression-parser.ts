import { Unsupported } from "./unsupported";

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  /** Id of a metric or of another expression: starts in lower case. */
  | { readonly kind: "id"; readonly id: string }
  /** What functions are told by name, as REPEAT of FILL. */
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "negation"; readonly of: Expression }
  | {
      readonly kind: "operation";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "call"; readonly name: string; readonly parameters: readonly Expression[] };

/** Binary operators from the loosest to the tightest; `^` is tighter still and groups to the right. */
const levels: readonly (readonly string[])[] = [
  ["OR", "||"],
  ["AND", "&&"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];
const token = /\s*(\d+\.?\d*|\.\d+|[A-Za-z]\w*|"[^"]*"|'[^']*'|\|\||&&|[=!<>]=|[-+*/^<>()[\],])/y;

/**
 * Reads a metric math expression.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Unsupported when it can't be read
 */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let position = 0;
  const next = (): string | undefined => tokens[position];
  const take = (): string => {
    const taken = tokens[position++];
    if (taken === undefined) throw new Unsupported(`expression ${text}: it ends too early`);
    return taken;
  };
  const expect = (wanted: string): void => {
    const taken = take();
    if (taken !== wanted) throw new Unsupported(`expression ${text}: ${taken} where ${wanted} is expected`);
  };
  const level = (depth: number): Expression => {
    if (depth === levels.length) return unary();
    let left = level(depth + 1);
    while (levels[depth]!.includes(next() ?? ""))
      left = { kind: "operation", operator: take(), left, right: level(depth + 1) };
    return left;
  };
  const unary = (): Expression => {
    if (next() === "-") {
      take();
      return { kind: "negation", of: unary() };
    }
    const base = atom();
    if (next() !== "^") return base;
    return { kind: "operation", operator: take(), left: base, right: unary() };
  };
  const items = (end: string): Expression[] => {
    const found: Expression[] = [];
    while (next() !== end) {
      if (found.length > 0) expect(",");
      found.push(level(0));
    }
    expect(end);
    return found;
  };
  const atom = (): Expression => {
    const taken = take();
    if (taken === "(") {
      const inner = level(0);
      expect(")");
      return inner;
    }
    if (taken === "[") return { kind: "list", items: items("]") };
    if (/^[\d.]/.test(taken)) return { kind: "number", value: Number(taken) };
    if (/^["']/.test(taken)) return { kind: "text", text: taken.slice(1, -1) };
    if (/^[a-z]/.test(taken)) return { kind: "id", id: taken };
    if (!/^[A-Z]/.test(taken)) throw new Unsupported(`expression ${text}: ${taken} is out of place`);
    if (next() !== "(") return { kind: "word", word: taken };
    take();
    return { kind: "call", name: taken, parameters: items(")") };
  };
  const whole = level(0);
  if (position < tokens.length) throw new Unsupported(`expression ${text}: ${next()} is out of place`);
  return whole;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  for (token.lastIndex = 0; token.lastIndex < end;) {
    const start = token.lastIndex;
    const found = token.exec(text)?.[1];
    if (found === undefined)
      throw new Unsupported(`expression ${text}: ${text.slice(start).trim()} can't be read`);
    tokens.push(found);
  }
  return tokens;
}

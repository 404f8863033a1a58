import { z } from "zod";
import type { HttpRequest, HttpResponse } from "../api/protocol";
import type { Faults } from "./faults";

const path = /^\/_local\/faults\/([\w.-]+)$/;

const call = {
  service: z.string().optional(),
  operation: z.string().optional(),
  after: z.string().optional(),
  nth: z.int().min(1).optional(),
};
const afterMilliseconds = z.int().min(0);
const rule = z.discriminatedUnion("kind", [
  ...(["throttle", "fail", "expire", "drop", "hold", "stale"] as const).map((kind) =>
    z.strictObject({ ...call, kind: z.literal(kind) }),
  ),
  z.strictObject({
    ...call,
    kind: z.literal("refuse"),
    code: z.string().min(1),
    message: z.string(),
    status: z.int().min(400).max(599),
  }),
  ...(["repeat", "delay"] as const).map((kind) =>
    z.strictObject({ ...call, kind: z.literal(kind), afterMilliseconds }),
  ),
] as never) as z.ZodType<import("./fault").FaultRule>;
const plan = z.strictObject({ principals: z.array(z.string().min(1)).min(1), rules: z.array(rule) });

/**
 * Answers what AWS has no counterpart for: `PUT /_local/faults/<name>` makes or replaces a plan, `GET` reports on it,
 * `DELETE` ends it. Undefined for every other request.
 */
export function faultControl(faults: Faults, request: HttpRequest): HttpResponse | undefined {
  const name = path.exec(request.url.pathname)?.[1];
  if (name === undefined) return undefined;
  switch (request.method) {
    case "PUT": {
      const { data, error } = plan.safeParse(parsed(request.body));
      if (!data) return json(400, { problems: z.prettifyError(error) });
      faults.plan(name, data);
      return json(200, {});
    }
    case "GET": {
      const report = faults.report(name);
      return report ? json(200, report) : json(404, { problems: `there is no plan ${name}` });
    }
    case "DELETE":
      faults.cancel(name);
      return json(200, {});
    default:
      return json(405, { problems: "allowed: PUT, GET, DELETE" });
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function json(status: number, value: object): HttpResponse {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

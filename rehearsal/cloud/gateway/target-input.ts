import type { InputTransformer, Target } from "@aws-sdk/client-eventbridge";

/**
 * What EventBridge hands to a target: the event, or what the target makes of it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * @param event as JSON
 * @throws Error when a transformer's template asks for what it has no path for
 */
export function targetInput(event: string, { Input, InputPath, InputTransformer }: Target): string {
  if (InputTransformer) return transformed(event, InputTransformer);
  if (InputPath) return JSON.stringify(valueAt(JSON.parse(event), InputPath) ?? null);
  return Input ?? event;
}

/** Within a string of the template a text is part of it; elsewhere a value is written as JSON. */
function transformed(event: string, { InputPathsMap = {}, InputTemplate = "" }: InputTransformer): string {
  const document: unknown = JSON.parse(event);
  // what the event does not have is an empty text
  const value = (name: string): unknown => {
    const path = InputPathsMap[name];
    if (path === undefined) throw new Error(`the input template's <${name}> is in no input path`);
    return valueAt(document, path) ?? "";
  };
  return InputTemplate.replace(/"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g, (part: string, name: string | undefined) =>
    name === undefined
      ? part.replace(/<([\w.-]+)>/g, (_, inner: string) => withinString(value(inner)))
      : JSON.stringify(value(name)),
  );
}

function withinString(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify(text).slice(1, -1);
}

/** Dots only, as most paths are: `$.detail.commitId`. */
function valueAt(document: unknown, path: string): unknown {
  if (!/^\$(\.[\w-]+)*$/.test(path))
    throw new Error(`the path ${path} is not served: only names with dots are`);
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
}

/**
 * What Terraform's aws_lambda_invocation adds to its input with `lifecycle_scope = "CRUD"`, under the key `tf`.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_invocation
 */
export type TerraformAction = "create" | "update" | "delete";

/** @throws Error for an event that Terraform did not send */
export function terraformAction(event: unknown): TerraformAction {
  const action = property(property(event, "tf"), "action");
  if (action === "create" || action === "update" || action === "delete") return action;
  throw new Error(`the event has the tf.action "${String(action)}"; allowed: create, update, delete`);
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

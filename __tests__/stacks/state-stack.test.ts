import { Testing } from "cdktf";
import { StateStack } from "../../stacks/state-stack";
import { configuration } from "../support/configuration";
import { synthesizeStack } from "../support/synthesized";

const stack = synthesizeStack(new StateStack(Testing.app(), "state", configuration()));

describe("the state stack", () => {
  test("holds one bucket, under the configured name, that is not destroyed by accident", () => {
    expect(stack.resource("aws_s3_bucket")).toMatchObject({
      bucket: "shop-states",
      lifecycle: { prevent_destroy: true },
    });
  });

  test("keeps every old state", () => {
    expect(stack.resource("aws_s3_bucket_versioning")).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
    expect(stack.resources("aws_s3_bucket_lifecycle_configuration")).toEqual({});
  });
});

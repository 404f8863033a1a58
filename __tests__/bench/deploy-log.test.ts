import { waits } from "../../bench/deploy-log";

test("long creations are found in a log of cdktf, its colours included", () => {
  const log = [
    "\u001b[2Kfleet  \u001b[0m\u001b[1maws_lb.LoadBalancer_BE9EEC3A: Creation complete after 1m2s [id=x]\u001b[0m",
    "  \u001b[1maws_s3_bucket_lifecycle_configuration.Logs-a_B1: Creation complete after 33s [id=y]",
    "  \u001b[1maws_iam_role.Role_A5: Creation complete after 0s [id=z]",
    "  \u001b[1maws_lb.Other_A5: Still creating... [30s elapsed]",
  ].join("\n");
  expect(waits(log, 20)).toEqual([
    { type: "aws_lb", seconds: 62 },
    { type: "aws_s3_bucket_lifecycle_configuration", seconds: 33 },
  ]);
});

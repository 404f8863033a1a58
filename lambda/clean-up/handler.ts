import { EC2Client } from "@aws-sdk/client-ec2";
import { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import type { Context } from "aws-lambda";
import { cleanUpFunction } from "../../contract/functions";
import { clientOptions } from "../shared/clients";
import { readEnvironment } from "../shared/settings";
import { cleanUp } from "./clean-up";
import { terraformAction } from "./terraform-event";

const services = {
  imageBuilder: new ImagebuilderClient(clientOptions),
  ec2In: (region: string) => new EC2Client({ ...clientOptions, region }),
};
/** Of the function's time, kept for what comes after waiting for cancelled builds. */
const reservedMilliseconds = 120_000;

/** Removes what releases left, when Terraform destroys the pipeline. An error fails the destroy, visibly. */
export async function handler(
  event: unknown,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<{ readonly removed?: readonly string[] }> {
  if (terraformAction(event) !== "delete") return {};
  const endsAt = Date.now() + context.getRemainingTimeInMillis() - reservedMilliseconds;
  const removed = await cleanUp(services, readEnvironment(cleanUpFunction), {
    pauseMilliseconds: 5000,
    endsAt,
  });
  console.log(`removed: ${removed.join(", ") || "nothing"}`);
  return { removed };
}

import {
  GetImageCommand,
  type Image,
  type ImagebuilderClient,
  StartImagePipelineExecutionCommand,
  type StartImagePipelineExecutionRequest,
} from "@aws-sdk/client-imagebuilder";
import { setTimeout as pause } from "node:timers/promises";

/** Starts an image pipeline and waits for its image. @throws Error with the image's own reason when it is not made */
export async function bakeImage(
  client: ImagebuilderClient,
  request: Omit<StartImagePipelineExecutionRequest, "clientToken">,
  signal: AbortSignal,
): Promise<Image> {
  const started = await client.send(new StartImagePipelineExecutionCommand(request));
  const { imageBuildVersionArn } = started;
  for (;;) {
    const { image } = await client.send(new GetImageCommand({ imageBuildVersionArn }));
    const { status, reason } = image?.state ?? {};
    if (status === "AVAILABLE") return image!;
    if (status === "FAILED" || status === "CANCELLED")
      throw new Error(`the image ${imageBuildVersionArn} is ${status}: ${reason}`);
    await pause(250, undefined, { signal });
  }
}

import { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { bakeImageFunction } from "../../contract/functions";
import { actionHandler } from "../shared/action-handler";
import { clientOptions } from "../shared/clients";
import { followBake, startBake } from "./bake";

const imageBuilder = new ImagebuilderClient(clientOptions);

/** Bakes the prepared recipe into an image and waits for it. */
export const handler = actionHandler({
  definition: bakeImageFunction,
  stateFields: ["imageArn"],
  async run(request) {
    if (!request.state) return startBake(imageBuilder, request);
    return followBake(imageBuilder, request, request.state.imageArn, await imageBuilder.config.region());
  },
});

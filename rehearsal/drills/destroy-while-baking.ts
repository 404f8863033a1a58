import { ImagebuilderClient, ListImagePipelineImagesCommand } from "@aws-sdk/client-imagebuilder";
import { changes } from "./application-copies";
import type { DrillContext } from "./context";
import type { Drill } from "./drill";

/** Longer than the stacks take to be destroyed. */
const bakeSeconds = 900;

/** The last one: what must hold shows when the rehearsal destroys everything, and looks for what is left. */
export const destroyWhileBaking: Drill = {
  name: "destroy-while-baking",
  mustHold: "destroying the stacks while an image is being built cancels it, and nothing is left",
  async run(context: DrillContext) {
    const { application, options, settings } = context;
    const execution = await context.begin(
      application.changed(changes.slowBake(bakeSeconds)),
      "A release that is never finished",
    );
    const { names } = settings;
    const imagePipelineArn = names.arn("imagebuilder", `image-pipeline/${names.imagePipeline}`);
    const imageBuilder = new ImagebuilderClient(options);
    const arn = await context.during(execution, "the image is being built", async () => {
      const { imageSummaryList } = await imageBuilder.send(
        new ListImagePipelineImagesCommand({ imagePipelineArn }),
      );
      return imageSummaryList?.find(({ state }) => state?.status === "BUILDING")?.arn;
    });
    return `${arn} is being built; the stacks are destroyed now`;
  },
};

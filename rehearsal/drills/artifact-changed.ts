import { GetImageRecipeCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { changes } from "./application-copies";
import {
  demandFailure,
  demandNoFailures,
  demandUntouched,
  demandVersions,
  type DrillContext,
} from "./context";
import { demand, type Drill } from "./drill";
import { currentRelease } from "./good-release";

/** The bake waits this long before it downloads anything; the artifact is changed in the first moments of it. */
const bakeWaitSeconds = 10;

export const artifactChanged: Drill = {
  name: "artifact-changed",
  mustHold: "the bake fails on the SHA-256, the fleet is untouched",
  async run(context: DrillContext) {
    const before = await context.fleet.state();
    const old = await currentRelease(context);
    const execution = await context.begin(
      context.application.changed(changes.slowBake(bakeWaitSeconds)),
      "A release whose artifact somebody changes",
    );
    const { follower } = context.settings;
    const recipe = await context.during(
      execution,
      "prepare-image has prepared a recipe",
      async () => {
        const actions = await follower.actions(execution);
        return actions.find(({ actionName }) => actionName === "prepare-image")?.output?.outputVariables
          ?.ImageRecipeArn;
      },
      100,
    );
    const artifact = await artifactOf(context, recipe);
    await change(context, artifact);
    const release = await context.end(execution);
    const reason = demandFailure(release, "bake-image", /SHA-256|changed after the build/);
    await demandUntouched(context, before);
    const load = context.load();
    demandNoFailures(load);
    demandVersions(load, old);
    return `${artifact} was changed, ${old} serves on: ${load.toString()}; ${reason}`;
  },
};

/** Where the bake will download from: the recipe says so. */
async function artifactOf({ options }: DrillContext, imageRecipeArn: string): Promise<string> {
  const { imageRecipe } = await new ImagebuilderClient(options).send(
    new GetImageRecipeCommand({ imageRecipeArn }),
  );
  const parameters = (imageRecipe?.components ?? []).flatMap(({ parameters: given }) => given ?? []);
  const uri = parameters.find(({ name }) => name === "ArtifactUri")?.value?.[0];
  demand(uri !== undefined, `the recipe ${imageRecipeArn} names no artifact`);
  return uri;
}

/** A byte more at its end: it unpacks as before, and is another one. */
async function change({ options }: DrillContext, uri: string): Promise<void> {
  const { hostname: Bucket, pathname } = new URL(uri);
  const Key = decodeURIComponent(pathname.slice(1));
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const bytes = await Body!.transformToByteArray();
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.concat([bytes, Buffer.from([0])]) }));
}

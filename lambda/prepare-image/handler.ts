import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import { prepareImageFunction } from "../../contract/functions";
import { actionHandler } from "../shared/action-handler";
import { clientOptions } from "../shared/clients";
import { readArtifact } from "./artifact";
import { downloadArtifact, onlyArtifact, uriOf } from "./download";
import { prepareImage } from "./prepare-image";

const services = {
  codeCommit: new CodeCommitClient(clientOptions),
  imageBuilder: new ImagebuilderClient(clientOptions),
};

/** Makes what an image is baked from: a component version and a recipe version. */
export const handler = actionHandler({
  definition: prepareImageFunction,
  stateFields: [],
  async run(request) {
    const location = onlyArtifact(request.job);
    const archive = await downloadArtifact(request.job, location);
    const artifact = readArtifact(archive, uriOf(location), request.parameters.JarSha256);
    const { outputs, baseImage } = await prepareImage(services, request, artifact, uriOf(location));
    const { Version, CommitId } = request.parameters;
    const onto = baseImage === undefined ? "" : ` on base image ${baseImage.imageId}`;
    return {
      outputs,
      summary: `recipe ${Version} of commit ${CommitId.slice(0, 8)}${onto}`,
      externalExecutionId: outputs.ImageRecipeArn,
    };
  },
});

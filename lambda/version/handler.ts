import { SSMClient } from "@aws-sdk/client-ssm";
import { versionFunction } from "../../contract/functions";
import { actionHandler } from "../shared/action-handler";
import { clientOptions } from "../shared/clients";
import { checkForm } from "../shared/settings";
import { drawPatch } from "./draw-version";
import { ParameterHistory } from "./parameter-history";

const ssm = new SSMClient(clientOptions);

/** Draws the version of a release. */
export const handler = actionHandler({
  definition: versionFunction,
  stateFields: [],
  async run({ environment, parameters }) {
    const line = checkForm("VERSION_LINE", environment.VERSION_LINE, /^\d+\.\d+$/, "MAJOR.MINOR");
    const history = new ParameterHistory(ssm, environment.VERSION_PARAMETER);
    const Version = `${line}.${await drawPatch(history, parameters.ExecutionId)}`;
    return { outputs: { Version }, summary: `version ${Version}`, externalExecutionId: Version };
  },
});

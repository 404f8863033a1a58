import { join } from "node:path";
import { pythonEnvironment } from "../../rehearsal/python-environment";
import { cacheDirectory } from "../../rehearsal/workspace";

const requirements = join(__dirname, "../rehearsal/cloud/clients/requirements.txt");

/** The AWS CLI and boto3 from PyPI, once for all runs. @returns the folder of their programs */
export const pythonClients = (): Promise<string> =>
  pythonEnvironment({
    directory: join(cacheDirectory, "clients"),
    requirements,
    purpose: "the AWS CLI and boto3",
  });

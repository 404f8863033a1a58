import { commandEnvironment, deployer } from "../../rehearsal/environment";

const configuration = { region: "eu-west-1", accountId: "111122223333" };
const settings = {
  endpoint: "http://127.0.0.1:4566",
  configuration,
  outputDirectory: "/run/cdktf.out",
  terraformCliConfiguration: "/run/terraform.rc",
};
const kept = { ...process.env };
afterEach(() => {
  process.env = { ...kept };
});

describe("the environment of the commands", () => {
  it.each([
    ["AWS_PROFILE", "production"],
    ["AWS_SESSION_TOKEN", "of a real account"],
    ["AWS_ENDPOINT_URL_S3", "https://s3.amazonaws.com"],
    ["TF_VAR_region", "us-east-1"],
    ["TF_WORKSPACE", "production"],
    ["CDKTF_LOG_LEVEL", "debug"],
    ["PIPELINE_CONFIG", undefined],
  ])("has no %s of the user's", (name, value) => {
    if (value !== undefined) process.env[name] = value;
    expect(commandEnvironment(settings)).not.toHaveProperty(name);
  });

  it("replaces the user's account by the local one", () => {
    process.env.AWS_REGION = "us-east-1";
    process.env.AWS_ACCESS_KEY_ID = "AKIAREAL";
    process.env.TF_CLI_CONFIG_FILE = "/home/user/.terraformrc";
    expect(commandEnvironment(settings)).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_ACCESS_KEY_ID: "111122223333",
      AWS_REGION: "eu-west-1",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      CDKTF_OUTDIR: "/run/cdktf.out",
      TF_CLI_CONFIG_FILE: "/run/terraform.rc",
    });
  });

  it("keeps everything else, such as the user's PATH, and leaves the user's own alone", () => {
    process.env.AWS_PROFILE = "production";
    process.env.JAVA_HOME = "/opt/jdk";
    expect(commandEnvironment(settings)).toMatchObject({ PATH: process.env.PATH, JAVA_HOME: "/opt/jdk" });
    expect(process.env.AWS_PROFILE).toBe("production");
  });

  it("names another configuration when there is one", () => {
    const environment = commandEnvironment({ ...settings, configurationFile: "/run/pipeline.json" });
    expect(environment.PIPELINE_CONFIG).toBe("/run/pipeline.json");
  });
});

it("deploys as the account itself", () => {
  expect(deployer("http://127.0.0.1:4566", configuration)).toMatchObject({
    region: "eu-west-1",
    endpoint: "http://127.0.0.1:4566",
    credentials: { accessKeyId: "111122223333" },
  });
});

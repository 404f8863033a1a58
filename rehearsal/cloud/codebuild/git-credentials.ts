import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What git is told in a build whose buildspec asks for CodeBuild's credential helper: repositories of CodeCommit are
 * reached with the project's role. git reads such settings since version 2.31.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export async function gitCredentialHelper(directory: string): Promise<Record<string, string>> {
  const file = join(directory, "git-credential-helper.cjs");
  await writeFile(file, helper);
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "credential.helper",
    GIT_CONFIG_VALUE_0: `!"${process.execPath}" "${file}"`,
    GIT_CONFIG_KEY_1: "credential.useHttpPath",
    GIT_CONFIG_VALUE_1: "true",
  };
}

/** A program of its own, which git starts: what it signs, git-callers.ts of the gateway verifies. */
const helper = `
const { createHash, createHmac } = require("node:crypto");
const { readFileSync } = require("node:fs");
if (process.argv[2] === "get") {
  const asked = Object.fromEntries(readFileSync(0, "utf8").split("\\n").filter(Boolean).map((line) => line.split(/=(.*)/s)));
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_REGION: region } = process.env;
  const time = new Date().toISOString().replace(/[-:]|\\..*/g, "");
  const scope = [time.slice(0, 8), region, "codecommit", "aws4_request"];
  const canonical = "GIT\\n/" + asked.path + "\\n\\nhost:" + asked.host.split(":")[0] + "\\n\\nhost\\n";
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const key = scope.reduce((key, part) => createHmac("sha256", key).update(part).digest(), "AWS4" + secret);
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), hashed].join("\\n");
  console.log("username=" + id + (token ? "%" + token : ""));
  console.log("password=" + time + "Z" + createHmac("sha256", key).update(toSign).digest("hex"));
}
`;

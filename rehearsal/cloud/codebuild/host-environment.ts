import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * What a build sees of the machine that it really runs on: the tools, and what they need to reach the network as the
 * user's shell does. Nothing else of the user's environment gets in, credentials and Terraform's settings least of all.
 */
const passedOn = [
  "PATH",
  "JAVA_HOME",
  "TMPDIR",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "AWS_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "JAVA_TOOL_OPTIONS",
  "MAVEN_ARGS",
  "MAVEN_OPTS",
  "MVNW_REPOURL",
  "MVNW_USERNAME",
  "MVNW_PASSWORD",
];

export function hostEnvironment(): Record<string, string> {
  const found = passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]!] as const] : []));
  return { LANG: "C.UTF-8", ...Object.fromEntries(found), ...mavenSettings() };
}

/** A build has a HOME of its own; Maven's settings of the real one name the mirrors that reach the network from here. */
function mavenSettings(): Record<string, string> {
  const settings = join(homedir(), ".m2", "settings.xml");
  if (!existsSync(settings)) return {};
  return { MAVEN_ARGS: [process.env.MAVEN_ARGS, "-s", settings].filter(Boolean).join(" ") };
}

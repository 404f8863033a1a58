import { parse } from "yaml";
import { z } from "zod";
import { type OnFailure, parseOnFailure } from "./on-failure";

/** A mistake in a build specification; fails the phase DOWNLOAD_SOURCE. */
export class BuildspecError extends Error {}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const strings = z.array(text);
const variables = z.record(z.string(), text);
const yesOrNo = z
  .union([z.boolean(), z.enum(["yes", "no"])])
  .transform((value) => value === true || value === "yes");

const onFailure = z.string().transform((text, context): OnFailure => {
  const found = parseOnFailure(text);
  if (found) return found;
  context.addIssue({
    code: "custom",
    message: `'${text}' is none of ABORT, CONTINUE, RETRY, RETRY-count, RETRY-regex, RETRY-count-regex`,
  });
  return z.NEVER;
});

const phase = z.strictObject({
  "run-as": z.string().optional(),
  "on-failure": onFailure.optional(),
  "runtime-versions": z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).optional(),
  commands: strings.nullish(),
  finally: strings.nullish(),
});

const artifact = z.strictObject({
  files: strings.optional(),
  name: z.string().optional(),
  "discard-paths": yesOrNo.optional(),
  "base-directory": z.string().optional(),
  "exclude-paths": strings.optional(),
  "enable-symlinks": yesOrNo.optional(),
  "s3-prefix": z.string().optional(),
});

const schema = z.strictObject({
  version: z.union([z.literal(0.2), z.literal("0.2")]),
  "run-as": z.string().optional(),
  env: z
    .strictObject({
      shell: z.enum(["bash", "/bin/sh", "sh"]).optional(),
      variables: variables.nullish(),
      "parameter-store": variables.nullish(),
      "secrets-manager": variables.nullish(),
      "exported-variables": strings.nullish(),
      "git-credential-helper": yesOrNo.optional(),
    })
    .nullish(),
  proxy: z.record(z.string(), z.unknown()).nullish(),
  batch: z.record(z.string(), z.unknown()).nullish(),
  phases: z.strictObject({
    install: phase.nullish(),
    pre_build: phase.nullish(),
    build: phase.nullish(),
    post_build: phase.nullish(),
  }),
  reports: z.record(z.string(), z.unknown()).nullish(),
  artifacts: artifact.extend({ "secondary-artifacts": z.record(z.string(), artifact).optional() }).nullish(),
  cache: z
    .strictObject({
      paths: strings.optional(),
      key: z.string().optional(),
      "fallback-keys": strings.optional(),
      action: z.string().optional(),
    })
    .nullish(),
});

export type Buildspec = z.output<typeof schema>;
export type PhaseSpec = z.output<typeof phase>;
export type ArtifactSpec = z.output<typeof artifact>;
export type PhaseName = keyof Buildspec["phases"];

/**
 * Reads a build specification of version 0.2.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 * @throws BuildspecError
 */
export function parseBuildspec(text: string): Buildspec {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new BuildspecError(`the buildspec is not valid YAML: ${(error as Error).message}`);
  }
  const result = schema.safeParse(document);
  if (!result.success)
    throw new BuildspecError(
      result.error.issues
        .map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`)
        .join("; "),
    );
  return result.data;
}

/** What a buildspec asks for and does not get here, for the build's log. */
export function notCarriedOut({ proxy, reports, artifacts, cache, phases, ...spec }: Buildspec): string[] {
  const specs = [artifacts, ...Object.values(artifacts?.["secondary-artifacts"] ?? {})];
  const asked: Readonly<Record<string, unknown>> = {
    "run-as: commands run as whoever runs the local cloud":
      spec["run-as"] ?? Object.values(phases).find((phase) => phase?.["run-as"]),
    "proxy: the proxy of this machine is used": proxy,
    "artifacts.enable-symlinks: links are followed": specs.find((one) => one?.["enable-symlinks"]),
    "cache.key, fallback-keys, action: there is one cache":
      cache?.key ?? cache?.["fallback-keys"] ?? cache?.action,
    "reports: no report groups are made": reports,
  };
  return Object.keys(asked).filter((name) => asked[name]);
}

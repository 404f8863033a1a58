import path from "node:path";
import { run } from "./program";
import { UserError } from "./user-error";

export type Requirement = "node" | "terraform" | "python" | "jdk" | "git";

interface Program {
  readonly title: string;
  /** oldest version that will do */
  readonly atLeast: readonly number[];
  /** where to get it: the publisher's own page */
  readonly from: string;
  /** commands that may serve, the preferred one first; each prints its version, marked by `version` */
  readonly candidates: () => readonly (readonly [string, ...string[]])[];
  readonly version: RegExp;
}

const programs: Readonly<Record<Requirement, Program>> = {
  node: {
    title: "Node.js",
    atLeast: [20, 9],
    from: "https://nodejs.org/en/download",
    candidates: () => [[process.execPath, "--version"]],
    version: /v(\d+(?:\.\d+)*)/,
  },
  /**
   * `use_lockfile`, S3's native locking, came with Terraform 1.10 and with OpenTofu 1.10:
   * https://developer.hashicorp.com/terraform/language/backend/s3 and https://opentofu.org/docs/v1.10/intro/whats-new/
   */
  terraform: {
    title: "Terraform or OpenTofu",
    atLeast: [1, 10],
    from: "https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install/",
    candidates: () => {
      const chosen = process.env["TERRAFORM_BINARY_NAME"];
      return chosen
        ? [[chosen, "version"]]
        : [
            ["terraform", "version"],
            ["tofu", "version"],
          ];
    },
    version: /^(?:Terraform|OpenTofu) v(\d+(?:\.\d+)*)/m,
  },
  /** Importing both shows that an environment can be made: Debian and Ubuntu package them apart. */
  python: {
    title: "Python 3 with venv",
    atLeast: [3, 10],
    from: "https://www.python.org/downloads/ (on Debian and Ubuntu also the package python3-venv)",
    candidates: () => [
      ["python3", "-c", "import sys, venv, ensurepip; print('Python', sys.version.split()[0])"],
    ],
    version: /^Python (\d+(?:\.\d+)*)/m,
  },
  jdk: {
    title: "a JDK (javac)",
    atLeast: [21],
    from: "https://aws.amazon.com/corretto/ or https://adoptium.net/temurin/releases/",
    candidates: () => {
      const home = process.env["JAVA_HOME"];
      return [[home ? path.join(home, "bin/javac") : "javac", "-version"]];
    },
    version: /^javac (\d+(?:\.\d+)*)/m,
  },
  git: {
    title: "git",
    atLeast: [2],
    from: "https://git-scm.com/downloads",
    candidates: () => [["git", "--version"]],
    version: /^git version (\d+(?:\.\d+)*)/m,
  },
};

/**
 * Makes sure that what a command needs is on this machine, and reports everything that isn't at once. Chooses between
 * Terraform and OpenTofu for everything that runs later, through cdktf's own variable TERRAFORM_BINARY_NAME.
 * @throws UserError with one line for each missing program
 */
export async function checkRequirements(needed: readonly Requirement[]): Promise<void> {
  const results = await Promise.all(needed.map(async (name) => ({ name, ...(await look(programs[name])) })));
  const missing = results.filter(({ command }) => command === undefined);
  if (missing.length > 0) {
    throw new UserError(
      ["this machine lacks something:", ...missing.map((one) => `  ${line(one.name, one.found)}`)].join("\n"),
    );
  }
  const terraform = results.find(({ name }) => name === "terraform")?.command;
  if (terraform !== undefined) process.env["TERRAFORM_BINARY_NAME"] = terraform;
}

/** The Terraform or OpenTofu that `checkRequirements` chose. */
export function terraformProgram(): string {
  return process.env["TERRAFORM_BINARY_NAME"] || "terraform";
}

/** The first command that is new enough, or else what was found instead. */
async function look(program: Program): Promise<{ command?: string; found: string }> {
  const found: string[] = [];
  for (const [command, ...args] of program.candidates()) {
    // Terraform asks its publisher for news otherwise, and waits for the answer.
    const { code, output } = await run(command, args, { environment: { CHECKPOINT_DISABLE: "1" } });
    const version = code === 0 ? program.version.exec(output)?.[1] : undefined;
    if (version !== undefined && isAtLeast(version, program.atLeast)) return { command, found: version };
    if (version !== undefined) found.push(`${version} (${command})`);
    else if (code !== undefined) found.push(`${command}, which fails`);
  }
  return { found: found.join(", ") || "none" };
}

function line(name: Requirement, found: string): string {
  const { title, atLeast, from } = programs[name];
  return `${title}: ${atLeast.join(".")} or newer is needed, found ${found}; get it from ${from}`;
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const difference = least.map((part, index) => (parts[index] ?? 0) - part).find((one) => one !== 0);
  return (difference ?? 0) >= 0;
}

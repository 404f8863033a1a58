import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { parseArgs } from "node:util";
import { loadConfiguration } from "../config/load";
import { Names } from "../config/names";
import pipelineConfig from "../pipeline.config";
import { readAppFiles } from "./app-files";
import { AppRepository, compare, type Author } from "./app-repository";
import { checkAccount, clientOptions } from "./aws";
import { run } from "./program";
import { runCommand } from "./run-command";
import { UserError } from "./user-error";

/**
 * `npm run push-app` writes the application's folder into the repository that the pipeline watches, as one commit, and
 * does nothing when nothing changed. Whoever has git set up for CodeCommit may as well push with it.
 */
void runCommand(async () => {
  const { message, directory } = parseCommand();
  const configuration = loadConfiguration(pipelineConfig);
  await checkAccount(configuration);
  const { repository: name } = new Names(configuration);
  const repository = new AppRepository(
    new CodeCommitClient(clientOptions(configuration)),
    name,
    configuration.branch,
  );

  const [files, tip] = await Promise.all([readAppFiles(directory), repository.tip()]);
  if (files.length === 0) throw new UserError(`the folder "${directory}" holds no files to push`);
  const changes = compare(files, tip.tree);
  const count = changes.put.length + changes.remove.length;
  if (count === 0) {
    console.log(
      `${configuration.branch} of ${name} holds ${directory} already (${tip.commitId}); nothing to do`,
    );
    return;
  }
  const commitId = await repository.commit(changes, tip.commitId, message, await author());
  console.log(
    `committed ${count === 1 ? "1 change" : `${count} changes`} to ${configuration.branch} of ${name}: ${commitId}`,
  );
});

function parseCommand(): { message: string; directory: string } {
  try {
    const options = {
      message: { type: "string", short: "m", default: "Update the application" },
      directory: { type: "string", short: "d", default: "app-src" },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}; allowed: --message <text>, --directory <folder>`);
  }
}

/** Who git says you are; without it CodeCommit names the caller. */
async function author(): Promise<Author> {
  const [name, email] = await Promise.all(
    ["user.name", "user.email"].map((key) => run("git", ["config", key])),
  );
  return { name: name?.output.trim() || undefined, email: email?.output.trim() || undefined };
}

import { runCommand } from "../cli/run-command";
import { checkRequirements } from "../cli/requirements";
import { loadConfiguration, readConfigurationInput } from "../config/load";
import type { ConfigurationInput } from "../config/schema";
import { Names } from "../config/names";
import pipelineConfig from "../pipeline.config";
import { parseArguments } from "./arguments";
import { type CloudProcess, KeptCloud, startCloudProcess, stopCloudProcess } from "./cloud-process";
import { Commands } from "./command";
import { selectDrills } from "./drills/catalog";
import type { Drill } from "./drills/drill";
import { commandEnvironment, deployer } from "./environment";
import { Progress } from "./progress";
import { mirrorProvider, testedProviderVersion } from "./provider-mirror";
import { Rehearsal } from "./rehearsal";
import { StepFailure, Steps } from "./steps";
import { cacheDirectory, Workspace } from "./workspace";

/** `npm run rehearse`, see README.md. */
void runCommand(async () => {
  const { keep, stop, drill } = parseArguments(process.argv.slice(2));
  const drills = drill && selectDrills(drill);
  const configuration = loadConfiguration(pipelineConfig);
  const progress = new Progress();
  if (stop) return stopKept(progress);
  await checkRequirements(["node", "terraform", "python", "jdk", "git"]);
  return rehearse(configuration, keep, drills, progress);
});

async function rehearse(
  configuration: ReturnType<typeof loadConfiguration>,
  keep: boolean,
  drills: readonly Drill[] | undefined,
  progress: Progress,
): Promise<number> {
  const workspace = new Workspace();
  const commands = new Commands(workspace.logDirectory);
  const interrupted = new AbortController();
  const steps = new Steps(progress, interrupted.signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      interrupted.abort(new Error(`interrupted by ${signal}`));
      void commands.interrupt(10_000);
    });

  let cloud: CloudProcess | undefined;
  let failure: unknown;
  try {
    const cliConfiguration = await steps.run("provider", () =>
      mirrorProvider(cacheDirectory, testedProviderVersion, commands),
    );
    cloud = await steps.run("local cloud", () =>
      startCloudProcess({
        directory: workspace.cloudDirectory,
        cacheDirectory,
        accountId: configuration.accountId,
        region: configuration.region,
        owner: keep ? undefined : process.pid,
      }),
    );
    progress.line("local cloud", `listens at ${cloud.endpoint}`);
    const rehearsal = new Rehearsal({
      configuration,
      // it has been found right
      configurationInput: readConfigurationInput(pipelineConfig).input as ConfigurationInput,
      workspace,
      options: deployer(cloud.endpoint, configuration),
      commands,
      steps,
      progress,
      signal: interrupted.signal,
      environment: commandEnvironment({
        endpoint: cloud.endpoint,
        configuration,
        outputDirectory: workspace.outputDirectory,
        terraformCliConfiguration: cliConfiguration,
      }),
    });
    await (drills ? rehearsal.drill(drills) : rehearsal.perform());
    if (!keep) await rehearsal.remove();
  } catch (error) {
    failure = error;
  }
  const stays = keep && cloud !== undefined && !interrupted.signal.aborted;
  if (cloud && !stays) await stopCloudProcess(cloud.pid);
  if (!stays) workspace.remove(steps.done);
  if (failure) report(failure, workspace, interrupted.signal, stays);
  else progress.line("rehearsal", "passed");
  if (cloud && stays) leaveUp(cloud, workspace, configuration);
  return interrupted.signal.aborted ? 130 : failure ? 1 : 0;
}

/** @throws what is no failure of a step: a bug of ours */
function report(failure: unknown, workspace: Workspace, signal: AbortSignal, stays: boolean): void {
  if (signal.aborted)
    return console.error("\nerror: the rehearsal was interrupted; everything that it started has ended");
  if (!(failure instanceof StepFailure)) throw failure;
  const log = failure.logFile ?? workspace.logDirectory;
  const where = stays ? log : workspace.kept(log);
  console.error(`\nerror: the rehearsal failed at "${failure.step}": ${failure.reason}\nlog: ${where}`);
}

function leaveUp(
  cloud: CloudProcess,
  workspace: Workspace,
  { accountId, region, name }: { accountId: string; region: string; name: string },
): void {
  new KeptCloud(cacheDirectory).remember({ ...cloud, directory: workspace.directory });
  console.log(
    [
      "",
      "the local cloud stays up; to talk to it:",
      `  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=${accountId} AWS_SECRET_ACCESS_KEY=rehearsal`,
      `  aws codepipeline get-pipeline-state --name ${new Names({ accountId, region, name }).pipeline}`,
      "to end it: npm run rehearse -- --stop",
    ].join("\n"),
  );
}

async function stopKept(progress: Progress): Promise<void> {
  const endpoint = await new KeptCloud(cacheDirectory).end();
  progress.line("local cloud", endpoint ? `ended (${endpoint})` : "none was left up");
}

import { runCommand } from "../cli/run-command";
import { checkRequirements } from "../cli/requirements";
import { loadConfiguration } from "../config/load";
import { Names } from "../config/names";
import pipelineConfig from "../pipeline.config";
import { parseArguments } from "./arguments";
import { type CloudProcess, KeptCloud, startCloudProcess, stopCloudProcess } from "./cloud-process";
import { Commands } from "./command";
import { commandEnvironment, deployer } from "./environment";
import { takeInventory } from "./inventory";
import { Progress } from "./progress";
import { mirrorProvider } from "./provider-mirror";
import { Rehearsal } from "./rehearsal";
import { StepFailure, Steps } from "./steps";
import { Workspace } from "./workspace";

/** `npm run rehearse`, see README.md. */
void runCommand(async () => {
  const { keep, stop } = parseArguments(process.argv.slice(2));
  const configuration = loadConfiguration(pipelineConfig);
  await checkRequirements(["node", "terraform", "python", "jdk", "git"]);
  const progress = new Progress();
  return stop ? stopKept(progress) : rehearse(configuration, keep, progress);
});

async function rehearse(
  configuration: ReturnType<typeof loadConfiguration>,
  keep: boolean,
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
  let succeeded = false;
  try {
    const cliConfiguration = await steps.run("provider", () =>
      mirrorProvider(workspace.cacheDirectory, ">= 5.100.0, < 7.0.0", commands),
    );
    cloud = await steps.run("local cloud", () =>
      startCloudProcess({
        directory: workspace.cloudDirectory,
        cacheDirectory: workspace.cacheDirectory,
        accountId: configuration.accountId,
        region: configuration.region,
        owner: keep ? undefined : process.pid,
      }),
    );
    progress.line("local cloud", `listens at ${cloud.endpoint}`);
    const options = deployer(cloud.endpoint, configuration);
    const before = await takeInventory(options);
    const rehearsal = new Rehearsal({
      configuration,
      workspace,
      options,
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
    await rehearsal.perform();
    if (!keep) await rehearsal.remove(before);
    succeeded = true;
  } catch (error) {
    report(error, workspace, interrupted.signal);
  }
  if (keep && cloud && !interrupted.signal.aborted) {
    leaveUp(cloud, workspace, configuration);
    return succeeded ? 0 : 1;
  }
  if (cloud) await stopCloudProcess(cloud.pid);
  workspace.remove();
  if (succeeded) progress.line("rehearsal", "passed");
  return succeeded ? 0 : interrupted.signal.aborted ? 130 : 1;
}

function report(error: unknown, workspace: Workspace, signal: AbortSignal): void {
  if (signal.aborted) return console.error("\nerror: the rehearsal was interrupted; everything that it started has ended");
  if (!(error instanceof StepFailure)) throw error;
  const log = error.logFile ?? workspace.logDirectory;
  console.error(`\nerror: the rehearsal failed at "${error.step}": ${error.reason}\nlog: ${workspace.kept(log)}`);
}

function leaveUp(cloud: CloudProcess, workspace: Workspace, { accountId, region, name }: { accountId: string; region: string; name: string }): void {
  new KeptCloud(workspace.cacheDirectory).remember({ ...cloud, directory: workspace.directory });
  console.log(
    [
      "",
      "the local cloud stays up; to talk to it:",
      `  export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_REGION=${region} AWS_ACCESS_KEY_ID=${accountId} AWS_SECRET_ACCESS_KEY=rehearsal`,
      `  aws codepipeline get-pipeline-state --name ${new Names({ accountId, region, name }).pipeline}`,
      "to end it: npm run rehearse -- --stop",
    ].join("\n"),
  );
}

async function stopKept(progress: Progress): Promise<number> {
  const workspace = new Workspace();
  const kept = new KeptCloud(workspace.cacheDirectory);
  const { running } = kept;
  workspace.remove();
  if (running) await stopCloudProcess(running.pid);
  kept.forget();
  progress.line("local cloud", running ? `ended (${running.endpoint})` : "none was left up");
  return 0;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { awsCdkSubject, copyBundles, installPeer, peerVersion, underTsx } from "./peer";
import { measureInTurn, type Measurement, type Subject } from "./process";
import { cloudFormationResources, terraformResources, type ResourceCounts } from "./resource-counts";
import { atMost, type Part } from "./result";

const ours: Subject = { name: "`node run.mjs main.ts`", args: ["run.mjs", "main.ts"] };

/** Synthesis of the default configuration, compilation included, beside an AWS CDK application of the same resources. */
export async function synth(): Promise<Part> {
  installPeer();
  const scratch = mkdtempSync(path.join(tmpdir(), "bench-synth-"));
  try {
    const bundles = path.join(scratch, "bundles");
    copyBundles(bundles);
    const peer = awsCdkSubject(bundles);
    const cdktfUnderTsx = underTsx("cdktf, the same stacks under tsx", "main.ts");
    const bareNode: Subject = { name: "bare Node", args: ["--eval", "0"] };
    const subjects = [ours, peer, cdktfUnderTsx, bareNode];
    const measured = await measureInTurn(subjects);
    const of = ({ name }: Subject): Measurement => measured.get(name)!;
    const time = of(ours).seconds / of(peer).seconds;
    const memory = of(ours).peakMegabytes / of(peer).peakMegabytes;
    const counts = {
      ours: terraformResources(synthesizedBy(ours, path.join(scratch, "ours"))),
      peer: cloudFormationResources(synthesizedBy(peer, path.join(scratch, "peer"))),
    };
    return {
      title: "Synthesis of the default configuration",
      lines: [
        ...subjects.map((subject) => ({ what: subject.name, result: figures(of(subject)) })),
        { what: "share of AWS CDK's wall time", result: time.toFixed(3), target: atMost(time, 0.15) },
        { what: "share of AWS CDK's peak memory", result: memory.toFixed(3), target: atMost(memory, 0.35) },
        { what: "resources, Terraform", result: countText(counts.ours) },
        { what: "resources, CloudFormation", result: countText(counts.peer) },
      ],
      notes: [
        `Each run compiles our TypeScript anew. What a first run makes once for an installation (the bundle of the packages, the functions' bundles, tsx's own cache) is there for both sides, and the first round is not counted.`,
        `The peer is bench/peers/aws-cdk: aws-cdk-lib ${peerVersion()}, under tsx as one process, without the CDK CLI, without looking up the default VPC and without validating a configuration, all of which would add to its time. It has the same functions from the same bundles, roles, stages and actions. The counts differ where Terraform has a resource and CloudFormation a property: settings of a bucket, targets of an event rule, rules of a security group.`,
        `Memory is the peak resident set of the largest Node process.`,
      ],
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function synthesizedBy({ args, directory, environment }: Subject, output: string): string {
  execFileSync(process.execPath, args, {
    cwd: directory,
    stdio: "ignore",
    env: { ...process.env, ...environment, CDKTF_OUTDIR: output, CDK_OUTDIR: output },
  });
  return output;
}

function figures({ seconds, peakMegabytes }: Measurement): string {
  return `${seconds.toFixed(2)} s, ${peakMegabytes.toFixed(0)} MB`;
}

function countText({ all, settings }: ResourceCounts): string {
  return `${all}, of which ${settings} are settings of others: ${all - settings}`;
}

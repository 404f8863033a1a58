import { basename, dirname, join } from "node:path";
import { localAddresses } from "./addresses";
import { type ModelName, loadModel } from "./api/model";
import { autoScaling } from "./autoscaling/auto-scaling";
import type { Cloud } from "./cloud";
import { cloudWatch } from "./cloudwatch/cloudwatch";
import { codeBuild } from "./codebuild/codebuild";
import { codeCommit } from "./codecommit/codecommit";
import { codePipeline } from "./codepipeline/codepipeline";
import type { Authorizer } from "./gateway/authorizer";
import { imageBuilder } from "./imagebuilder/imagebuilder";
import { lifecycleRunPath, runLifecyclePolicy } from "./imagebuilder/lifecycle-run";
import { InstanceAgents } from "./instances/agents";
import { clockAt } from "./instances/clock";
import { Instances } from "./instances/instances";
import { loadBalancing } from "./loadbalancing/load-balancing";
import type { CloudParts } from "./local-cloud";
import { bootMachine } from "./machine/boot";
import type { Pace } from "./pace";
import { MachineImages } from "./machine/machine-images";

/** Puts the services of the gateway together. */
export function assembleParts(cloud: Cloud, authorizer: Authorizer, pace: Pace): CloudParts {
  const model = (name: ModelName) => loadModel(join(process.cwd(), "rehearsal/cloud/models"), name);
  const clock = clockAt(pace.clockSpeed);
  const images = new MachineImages(join(cloud.directory, "images"));
  const instances = new Instances({
    cloud,
    images,
    startAgents: (machine, metadataEndpoint) =>
      new InstanceAgents(cloud, authorizer, machine, metadataEndpoint),
    boot: async (settings) => {
      // each instance has a disk of its own
      const root = join(settings.directory, "root");
      await images.clone(basename(dirname(settings.root)), root);
      return bootMachine({ ...settings, root }, cloud.signal);
    },
  });
  const balancing = loadBalancing({
    cloud,
    clock,
    model: model("elbv2"),
    portOf: (instanceId, port) => instances.portOf(instanceId, port),
  });
  const repositories = codeCommit(cloud, model("codecommit"));
  const builds = codeBuild({ cloud, model: model("codebuild"), authorizer, repositories });
  const machineImages = imageBuilder({ cloud, model: model("imagebuilder"), authorizer, images });
  const { targetGroups } = balancing;
  return {
    git: repositories.handleGit,
    parts: [
      repositories,
      builds,
      codePipeline({
        cloud,
        model: model("codepipeline"),
        authorizer,
        repositories,
        builds,
        clock,
        continuationSeconds: pace.continuationSeconds,
      }),
      machineImages,
      autoScaling({ cloud, model: model("autoscaling"), clock, instances, targetGroups }),
      balancing,
      cloudWatch({ cloud, model: model("cloudwatch"), clock, metrics: balancing.metrics }),
      { services: [], close: () => instances.close() },
    ],
    extras: (request) => {
      const { pathname } = request.url;
      if (pathname === "/_local/addresses") return localAddresses(cloud, balancing, instances);
      if (pathname === lifecycleRunPath) return runLifecyclePolicy(machineImages, request);
      return undefined;
    },
  };
}

import { setMaxListeners } from "node:events";
import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";
import { BuildStore } from "./build-store";
import { BuildEvents } from "./events";
import { buildOperations } from "./operations/builds";
import { projectOperations } from "./operations/projects";
import { type PipelineBuilds, pipelineBuilds } from "./pipeline-builds";
import { ProjectStore } from "./project-store";
import { type SourceCheckOut, Sources } from "./source";

export interface CodeBuildSettings {
  readonly cloud: Cloud;
  readonly model: ApiModel;
  readonly authorizer: Authorizer;
  readonly repositories: SourceCheckOut;
}

export interface CodeBuildPart extends CloudPart, PipelineBuilds {
  close(): Promise<void>;
}

/** CodeBuild whose build hosts are shells on this machine. */
export function codeBuild({ cloud, model, authorizer, repositories }: CodeBuildSettings): CodeBuildPart {
  setMaxListeners(0, cloud.signal); // one for each process that runs
  const projects = new ProjectStore(cloud);
  const builds = new BuildStore(cloud, new Sources(cloud, authorizer, repositories), new BuildEvents(cloud));
  return {
    services: [
      {
        name: "codebuild",
        model,
        operations: { ...projectOperations(cloud, projects), ...buildOperations(cloud, projects, builds) },
      },
    ],
    ...pipelineBuilds(projects, builds),
    close: () => builds.close(),
  };
}

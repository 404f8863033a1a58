import {
  announceFailureFunction,
  bakeImageFunction,
  cleanUpFunction,
  prepareImageFunction,
  prepareReleaseFunction,
  rollOutFunction,
  versionFunction,
  withdrawReleaseFunction,
} from "../contract/functions";
import type { Configuration } from "./configuration";
import { Names } from "./names";

/** A name that AWS limits, as derived from one configuration. */
export interface LimitedName {
  /** Setting that makes it long: `name`, or `environments[1].name`. */
  readonly setting: string;
  /** What bears the name, in words. */
  readonly bearer: string;
  readonly name: string;
  readonly limit: number;
}

/** Settings that names are made of. */
export interface NameSettings extends Pick<Configuration, "name" | "region" | "accountId"> {
  readonly environments: readonly {
    /** position in the configuration */
    readonly index: number;
    readonly name: string;
    readonly loadBalanced: boolean;
  }[];
}

/** Longest names AWS accepts, each with the page that says so; where it says nothing of length, the pattern does. */
export const nameLimits = {
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
  bucket: 63,
  /** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
  role: 64,
  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  function: 64,
  /** https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html */
  repository: 100,
  /** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html */
  pipeline: 100,
  /** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
  stage: 100,
  /** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
  topic: 256,
  /** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html: {2,150} */
  project: 150,
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  rule: 64,
  /** https://docs.aws.amazon.com/imagebuilder/latest/APIReference/API_CreateComponent.html: {3,128}, also recipes and pipelines */
  imageBuilder: 128,
  /** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html: {3,128} */
  launchTemplate: 128,
  /** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html */
  autoScalingGroup: 255,
  /** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html; target groups alike */
  loadBalancer: 32,
} as const;

/**
 * Longest suffix that a role, a function or a rule may put after the application's or the environment's prefix; a test
 * holds the stacks to it. An action's role is named for the function that it invokes, a rule like it.
 */
export const longestSubject = Math.max(
  ...[versionFunction, prepareImageFunction, bakeImageFunction, prepareReleaseFunction, rollOutFunction].map(
    ({ name }) => `${name}-action`.length,
  ),
  ...[cleanUpFunction, withdrawReleaseFunction, announceFailureFunction].map(({ name }) => name.length),
);

/** The longest name of each kind. */
export function limitedNames(settings: NameSettings): LimitedName[] {
  const names = new Names(settings);
  const subject = "x".repeat(longestSubject);
  const ofPipeline = (bearer: string, name: string, limit: number): LimitedName => ({
    setting: "name",
    bearer,
    name,
    limit,
  });
  return [
    ofPipeline("artifact bucket", names.artifactBucket, nameLimits.bucket),
    ofPipeline("repository", names.repository, nameLimits.repository),
    ofPipeline("pipeline", names.pipeline, nameLimits.pipeline),
    ofPipeline("build project", names.buildProject, nameLimits.project),
    ofPipeline("longest role", names.role(subject), nameLimits.role),
    ofPipeline("longest function", names.functionName(subject), nameLimits.function),
    ofPipeline("commit rule", names.commitRule, nameLimits.rule),
    ofPipeline("longest rule", names.functionName(subject), nameLimits.rule),
    ofPipeline("topic", names.noticesTopic, nameLimits.topic),
    ofPipeline("application component", names.applicationComponent, nameLimits.imageBuilder),
    ofPipeline("recipe", names.recipe, nameLimits.imageBuilder),
    ofPipeline("image pipeline", names.imagePipeline, nameLimits.imageBuilder),
    ofPipeline("base image pipeline", names.baseImagePipeline, nameLimits.imageBuilder),
    ofPipeline("base image lifecycle policy", names.baseImageLifecycle, nameLimits.imageBuilder),
    ofPipeline("image lifecycle policy", names.imageLifecycle, nameLimits.imageBuilder),
    ...settings.environments.flatMap(({ index, name, loadBalanced }) => {
      const environment = names.environment(name);
      const ofFleet = (bearer: string, derived: string, limit: number): LimitedName => ({
        setting: `environments[${index}].name`,
        bearer,
        name: derived,
        limit,
      });
      return [
        ofFleet("blueprint launch template", environment.blueprintTemplate, nameLimits.launchTemplate),
        ofFleet("release launch template", environment.releaseTemplate, nameLimits.launchTemplate),
        ofFleet("Auto Scaling group", environment.autoScalingGroup, nameLimits.autoScalingGroup),
        ofFleet("instance role", environment.instanceRole, nameLimits.role),
        ofFleet("longest role", environment.functionName(subject), nameLimits.role),
        ofFleet("longest function", environment.functionName(subject), nameLimits.function),
        ofFleet("longest rule", environment.functionName(subject), nameLimits.rule),
        ofFleet("stage", environment.stage, nameLimits.stage),
        ...(loadBalanced
          ? [
              ofFleet("load balancer", environment.loadBalancer, nameLimits.loadBalancer),
              ofFleet("bucket for access logs", environment.logBucket, nameLimits.bucket),
            ]
          : []),
      ];
    }),
  ];
}

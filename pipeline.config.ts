import { definePipeline } from "./config/define";

/**
 * The pipeline and its fleets. Every mistake is reported before anything is written; config/schema.ts has all settings,
 * what they allow and why their defaults are what they are.
 */
export default definePipeline({
  /** The repository's and the pipeline's name, and the first part of every other one. Renaming makes everything anew. */
  name: "hello-world",
  region: "eu-west-1",
  /** The only account that Terraform may touch with this configuration. */
  accountId: "111122223333",
  /** Holds the Terraform states; `npm run bootstrap` makes it. Bucket names are taken world-wide, hence the account id. */
  stateBucket: "hello-world-terraform-state-111122223333",
  /** Commits to this branch are released, each as the next 1.0.x. */
  branch: "main",
  versionLine: "1.0",
  /** Where images are built and fleets run. Empty: the subnets of the region's default VPC. */
  subnetIds: [],
  architecture: "arm64",
  /** Must fit the architecture. The builder is rented for the minutes of a bake only, so it may be bigger. */
  instanceType: "t4g.small",
  builderInstanceType: "t4g.medium",
  /**
   * testsEnabled: false saves the start of a second instance in each bake. With a schedule, a base image is baked by itself
   * and releases only add the application: baseImageSchedule: { scheduleExpression: "cron(0 4 ? * sun *)", timezone: "UTC" }.
   */
  image: { testsEnabled: true },
  /** One fleet and one stage each, in this order: the same image goes from one to the next. */
  environments: [
    {
      name: "production",
      /** True: a person approves each release before it is rolled out here. */
      approval: false,
      /** max: a roll-out launches the new instances before it ends the old ones, so leave room for twice `desired`. */
      capacity: { desired: 2, max: 4 },
      /** A new instance that is not ready after this time is replaced; the alarm on unhealthy hosts allows for it too. */
      healthCheckGraceSeconds: 300,
      /** From its launch on, for how long a roll-out waits for each new instance: its start, and some time beside the old ones. */
      instanceWarmupSeconds: 120,
      rollOut: {
        /** Least and most instances of the fleet meanwhile: all that there were, and as many new ones beside them. */
        minHealthyPercentage: 100,
        maxHealthyPercentage: 200,
        /** After the last instance was replaced, for how long the alarms may still take the release back. */
        bakeSeconds: 180,
        /** Percentages of the fleet at which a roll-out pauses, such as [10, 50], and for how long. */
        checkpoints: [],
        checkpointSeconds: 600,
        /** Names of your own CloudWatch alarms that take a release back, beside server errors and unhealthy hosts. */
        alarms: [],
        /**
         * The fleet goes back by itself in any case. "stop" leaves the failed stage for a person to look at; "rollBack" has
         * CodePipeline also run the stage again with the last release that succeeded in it.
         */
        onFailure: "stop",
      },
      /**
       * An Application Load Balancer is billed by the hour and by traffic, whether or not anybody calls it.
       * `loadBalancer: false` leaves it out: instances are then judged by EC2's status checks alone, and nothing keeps
       * a request from one that is starting. With a certificateArn it speaks HTTPS; plain HTTP is for known networks.
       */
      loadBalancer: { allowedCidrs: ["10.0.0.0/8"] },
    },
  ],
  /** SUPERSEDED: of the executions that wait for a stage only the newest goes on, so commits in between are not released. */
  executionMode: "QUEUED",
  /** Mail address for notices of failed executions, such as "team@example.com". Without it there is only the topic. */
  noticesTo: undefined,
});

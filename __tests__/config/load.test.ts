import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isUserError } from "../../cli/user-error";
import { ConfigurationError, loadConfiguration, parseConfiguration } from "../../config/load";
import pipelineConfig from "../../pipeline.config";

const good = {
  name: "hello-world",
  region: "eu-west-1",
  accountId: "111122223333",
  stateBucket: "hello-world-state",
  environments: [{ name: "production" }],
};

function problemsOf(input: unknown): string[] {
  try {
    parseConfiguration(input);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, text }) => `${path}: ${text}`);
  }
}

const settings =
  "name, region, accountId, stateBucket, branch, versionLine, subnetIds, architecture, instanceType, builderInstanceType, image, environments, executionMode, noticesTo";
const nameText =
  '2 or more lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit, and not beginning with "aws", "ssm", "sg-", "xn--", "sthree-", "amzn-s3-demo-" or "internal-"';
const regionText =
  'a region of the partition aws, such as "eu-west-1" (China, GovCloud and the sovereign and isolated partitions are not supported)';
const bucketText =
  'an S3 bucket\'s name: 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit, not beginning with "xn--", "sthree-" or "amzn-s3-demo-", not ending with "-s3alias", "--ol-s3", "--x-s3" or "--table-s3"';
const branchText =
  'a git branch\'s name: 1 to 256 characters without spaces, control characters or any of ~ ^ : ? * [ \\, no "..", "//" or "@{", no part beginning with "." or ending with ".lock", not beginning with "-" or "/", not ending with "." or "/", not "@" or "HEAD", and not 40 hexadecimal digits';

const cronText =
  'cron(...) with six fields (minute, hour, day, month, day of the week, year), exactly one of the two days "?", such as "cron(0 4 ? * sun *)"';

const mistakes: [title: string, change: Record<string, unknown>, message: string][] = [
  [
    "an unknown setting",
    { regoin: "eu-west-1" },
    "regoin: unknown setting, did you mean region?; allowed: " + settings,
  ],
  [
    "an unknown setting far from any other",
    { vpcId: "vpc-1" },
    "vpcId: unknown setting; allowed: " + settings,
  ],
  [
    "an unknown setting of an environment",
    { environments: [{ name: "production", aproval: true }] },
    "environments[0].aproval: unknown setting, did you mean approval?; allowed: name, approval, capacity, healthCheckGraceSeconds, instanceWarmupSeconds, rollOut, loadBalancer",
  ],
  [
    "an unknown setting of the capacity",
    { environments: [{ name: "production", capacity: { desired: 1, max: 2, min: 1 } }] },
    "environments[0].capacity.min: unknown setting; allowed: desired, max",
  ],
  [
    "an unknown setting of a load balancer",
    { environments: [{ name: "production", loadBalancer: { certificate: "x" } }] },
    "environments[0].loadBalancer.certificate: unknown setting, did you mean certificateArn?; allowed: allowedCidrs, certificateArn, deletionProtection",
  ],
  [
    "an unknown setting of a roll-out",
    { environments: [{ name: "production", rollOut: { bakeTime: 60 } }] },
    "environments[0].rollOut.bakeTime: unknown setting; allowed: minHealthyPercentage, maxHealthyPercentage, bakeSeconds, checkpoints, checkpointSeconds, alarms, onFailure",
  ],
  [
    "an unknown setting of the image",
    { image: { testEnabled: false } },
    "image.testEnabled: unknown setting, did you mean testsEnabled?; allowed: testsEnabled, baseImageSchedule",
  ],
  [
    "an unknown setting of the base image's schedule",
    { image: { baseImageSchedule: { scheduleExpression: "cron(0 4 ? * sun *)", timeZone: "UTC" } } },
    "image.baseImageSchedule.timeZone: unknown setting, did you mean timezone?; allowed: scheduleExpression, timezone",
  ],
  [
    "tests that are neither on nor off",
    { image: { testsEnabled: "no" } },
    'image.testsEnabled: "no" is not allowed; allowed: true or false',
  ],
  [
    "a schedule that is only an expression",
    { image: { baseImageSchedule: "cron(0 4 ? * sun *)" } },
    'image.baseImageSchedule: "cron(0 4 ? * sun *)" is not allowed; allowed: an object with scheduleExpression, timezone',
  ],
  [
    "a schedule without an expression",
    { image: { baseImageSchedule: { timezone: "UTC" } } },
    "image.baseImageSchedule.scheduleExpression: missing; allowed: " + cronText,
  ],
  [
    "a cron expression of five fields",
    { image: { baseImageSchedule: { scheduleExpression: "cron(0 4 * * ?)" } } },
    'image.baseImageSchedule.scheduleExpression: "cron(0 4 * * ?)" is not allowed; allowed: ' + cronText,
  ],
  [
    "a time zone that does not exist",
    {
      image: { baseImageSchedule: { scheduleExpression: "cron(0 4 ? * sun *)", timezone: "Europe/Berlim" } },
    },
    'image.baseImageSchedule.timezone: "Europe/Berlim" is not allowed; allowed: an IANA time zone, such as "Europe/Berlin"',
  ],
  ["a name in upper case", { name: "Hello" }, 'name: "Hello" is not allowed; allowed: ' + nameText],
  ["a name of one letter", { name: "h" }, 'name: "h" is not allowed; allowed: ' + nameText],
  [
    "a name that ends with a hyphen",
    { name: "hello-" },
    'name: "hello-" is not allowed; allowed: ' + nameText,
  ],
  [
    "a name that SSM reserves",
    { name: "aws-hello" },
    'name: "aws-hello" is not allowed; allowed: ' + nameText,
  ],
  [
    "a name that load balancers reserve",
    { name: "internal-hello" },
    'name: "internal-hello" is not allowed; allowed: ' + nameText,
  ],
  [
    "a name that is too long for the artifact bucket",
    { name: "a".repeat(31) },
    'name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" makes the name of the artifact bucket 64 characters long, and AWS takes 63; allowed: at most 30 characters',
  ],
  ["a name that is no text", { name: 7 }, "name: 7 is not allowed; allowed: " + nameText],
  ["a missing name", { name: undefined }, "name: missing; allowed: " + nameText],
  [
    "a region that does not exist",
    { region: "eu-wset-1" },
    'region: "eu-wset-1" is not allowed; allowed: ' + regionText,
  ],
  [
    "a zone in the place of a region",
    { region: "eu-west-1a" },
    'region: "eu-west-1a" is not allowed; allowed: ' + regionText,
  ],
  [
    "a region of China",
    { region: "cn-north-1" },
    'region: "cn-north-1" is not allowed; allowed: ' + regionText,
  ],
  [
    "a region of GovCloud",
    { region: "us-gov-west-1" },
    'region: "us-gov-west-1" is not allowed; allowed: ' + regionText,
  ],
  [
    "a malformed account id",
    { accountId: "1111-2222-3333" },
    'accountId: "1111-2222-3333" is not allowed; allowed: an AWS account id: 12 digits in quotes, such as "111122223333"',
  ],
  [
    "an account id as a number",
    { accountId: 111122223333 },
    'accountId: 111122223333 is not allowed; allowed: an AWS account id: 12 digits in quotes, such as "111122223333"',
  ],
  [
    "a state bucket that S3 refuses",
    { stateBucket: "Hello_State" },
    'stateBucket: "Hello_State" is not allowed; allowed: ' + bucketText,
  ],
  [
    "a state bucket with a reserved ending",
    { stateBucket: "hello-s3alias" },
    'stateBucket: "hello-s3alias" is not allowed; allowed: ' + bucketText,
  ],
  [
    "the artifact bucket as the state bucket",
    { stateBucket: "hello-world-artifacts-111122223333-eu-west-1" },
    'stateBucket: "hello-world-artifacts-111122223333-eu-west-1" is the pipeline\'s artifact bucket; allowed: a bucket of its own',
  ],
  [
    "a branch that git refuses",
    { branch: "feature..x" },
    'branch: "feature..x" is not allowed; allowed: ' + branchText,
  ],
  [
    "a branch that ends like a lock",
    { branch: "feature/x.lock" },
    'branch: "feature/x.lock" is not allowed; allowed: ' + branchText,
  ],
  ["an empty branch", { branch: "" }, 'branch: "" is not allowed; allowed: ' + branchText],
  [
    "a version line of three numbers",
    { versionLine: "1.0.0" },
    'versionLine: "1.0.0" is not allowed; allowed: MAJOR.MINOR without leading zeros, such as "1.0"',
  ],
  [
    "a version line with a leading zero",
    { versionLine: "01.0" },
    'versionLine: "01.0" is not allowed; allowed: MAJOR.MINOR without leading zeros, such as "1.0"',
  ],
  [
    "a malformed subnet id",
    { subnetIds: ["subnet-xyz"] },
    'subnetIds[0]: "subnet-xyz" is not allowed; allowed: a subnet id: "subnet-" and 8 or 17 hexadecimal digits',
  ],
  [
    "a subnet id in the place of a list",
    { subnetIds: "subnet-11111111" },
    'subnetIds: "subnet-11111111" is not allowed; allowed: a list of subnet ids',
  ],
  [
    "a subnet that is listed twice",
    { subnetIds: ["subnet-11111111", "subnet-22222222", "subnet-11111111"] },
    'subnetIds[2]: "subnet-11111111" is listed already, as subnetIds[0]; allowed: each subnet once',
  ],
  [
    "an unknown architecture",
    { architecture: "arm" },
    'architecture: "arm" is not allowed; allowed: "arm64" or "x86_64"',
  ],
  [
    "an x86_64 type for arm64",
    { instanceType: "t3.small" },
    'instanceType: "t3.small" is x86_64, but architecture is "arm64"; allowed: a type of that architecture, such as "t4g.small"',
  ],
  [
    "an arm64 type for x86_64",
    { architecture: "x86_64", instanceType: "m7g.large" },
    'instanceType: "m7g.large" is arm64, but architecture is "x86_64"; allowed: a type of that architecture, such as "t3.small"',
  ],
  [
    "a builder that does not fit",
    { builderInstanceType: "g5.xlarge" },
    'builderInstanceType: "g5.xlarge" is x86_64, but architecture is "arm64"; allowed: a type of that architecture, such as "t4g.small"',
  ],
  [
    "an instance type that is none",
    { instanceType: "small" },
    'instanceType: "small" is not allowed; allowed: an EC2 instance type of the configured architecture that runs Amazon Linux 2023, such as "t4g.small"',
  ],
  [
    "an instance type that runs macOS",
    { instanceType: "mac2.metal" },
    'instanceType: "mac2.metal" is not allowed; allowed: an EC2 instance type of the configured architecture that runs Amazon Linux 2023, such as "t4g.small"',
  ],
  [
    "no environment",
    { environments: [] },
    "environments: [] is not allowed; allowed: a list of at least one environment",
  ],
  [
    "an environment in the place of a list",
    { environments: { name: "production" } },
    'environments: {"name":"production"} is not allowed; allowed: a list of at least one environment',
  ],
  [
    "an environment that is only a name",
    { environments: ["production"] },
    'environments[0]: "production" is not allowed; allowed: an object with name, approval, capacity, healthCheckGraceSeconds, instanceWarmupSeconds, rollOut, loadBalancer',
  ],
  [
    "duplicate environments",
    { environments: [{ name: "production" }, { name: "staging" }, { name: "production" }] },
    'environments[2].name: "production" is the name of environments[0] already; allowed: a name that no other environment has',
  ],
  [
    "more environments than a pipeline has stages for",
    { environments: Array.from({ length: 48 }, (_, index) => ({ name: `e${index}` })) },
    "environments: 48 environments, but a pipeline of CodePipeline has at most 50 stages; allowed: at most 47",
  ],
  [
    "an environment in upper case",
    { environments: [{ name: "Production" }] },
    'environments[0].name: "Production" is not allowed; allowed: lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit',
  ],
  [
    "an environment too long for its load balancer",
    { subnetIds: ["subnet-11111111", "subnet-22222222"], environments: [{ name: "production-of-the-year" }] },
    'environments[0].name: "production-of-the-year" makes the name of the load balancer 34 characters long, and AWS takes 32; allowed: at most 20 characters',
  ],
  [
    "an environment too long for its roles",
    { environments: [{ name: "production-in-the-european-union" }] },
    'environments[0].name: "production-in-the-european-union" makes the name of the longest role 67 characters long, and AWS takes 64; allowed: at most 29 characters',
  ],
  [
    "an execution mode that lets roll-outs overlap",
    { executionMode: "PARALLEL" },
    'executionMode: "PARALLEL" is not allowed; allowed: "QUEUED" or "SUPERSEDED"',
  ],
  [
    "an approval that is not true or false",
    { environments: [{ name: "production", approval: "yes" }] },
    'environments[0].approval: "yes" is not allowed; allowed: true or false',
  ],
  [
    "more desired than max",
    { environments: [{ name: "production", capacity: { desired: 3, max: 2 } }] },
    "environments[0].capacity.desired: 3 is more than max, 2; allowed: a whole number from 0 to 2",
  ],
  [
    "half an instance",
    { environments: [{ name: "production", capacity: { desired: 0.5, max: 2 } }] },
    "environments[0].capacity.desired: 0.5 is not allowed; allowed: a whole number of instances from 1 to 1000",
  ],
  [
    "a negative capacity",
    { environments: [{ name: "production", capacity: { desired: -1, max: 2 } }] },
    "environments[0].capacity.desired: -1 is not allowed; allowed: a whole number of instances from 1 to 1000",
  ],
  [
    "a group that can't hold anything",
    { environments: [{ name: "production", capacity: { desired: 1, max: 0 } }] },
    "environments[0].capacity.max: 0 is not allowed; allowed: a whole number of instances from 1 to 1000",
  ],
  [
    "a fleet that would never start",
    { environments: [{ name: "production", capacity: { desired: 0, max: 2 } }] },
    "environments[0].capacity.desired: 0 is not allowed; allowed: a whole number of instances from 1 to 1000",
  ],
  [
    "a grace period in which no instance could start",
    { environments: [{ name: "production", healthCheckGraceSeconds: 60 }] },
    "environments[0].healthCheckGraceSeconds: 60 is not allowed; allowed: a whole number of seconds from 120 to 3600",
  ],
  [
    "a warm-up of more than an hour",
    { environments: [{ name: "production", instanceWarmupSeconds: 3601 }] },
    "environments[0].instanceWarmupSeconds: 3601 is not allowed; allowed: a whole number of seconds from 0 to 3600",
  ],
  [
    "an unknown setting of a roll-out",
    { environments: [{ name: "production", rollOut: { bakeSecond: 60 } }] },
    "environments[0].rollOut.bakeSecond: unknown setting, did you mean bakeSeconds?; allowed: minHealthyPercentage, maxHealthyPercentage, bakeSeconds, checkpoints, checkpointSeconds, alarms, onFailure",
  ],
  [
    "a fleet that may be more than whole",
    { environments: [{ name: "production", rollOut: { minHealthyPercentage: 101 } }] },
    "environments[0].rollOut.minHealthyPercentage: 101 is not allowed; allowed: a whole percentage from 0 to 100",
  ],
  [
    "healthy percentages that are too far apart",
    { environments: [{ name: "production", rollOut: { minHealthyPercentage: 50 } }] },
    "environments[0].rollOut.maxHealthyPercentage: 200 is more than 100 above minHealthyPercentage, 50; allowed: a whole percentage from 100 to 150",
  ],
  [
    "a bake of more than two days",
    { environments: [{ name: "production", rollOut: { bakeSeconds: 172_801 } }] },
    "environments[0].rollOut.bakeSeconds: 172801 is not allowed; allowed: a whole number of seconds from 0 to 172800",
  ],
  [
    "checkpoints out of order",
    { environments: [{ name: "production", rollOut: { checkpoints: [50, 10] } }] },
    "environments[0].rollOut.checkpoints: [50,10] is not allowed; allowed: a list of up to 9 whole percentages from 1 to 99, in ascending order",
  ],
  [
    "an unknown reaction to a failed roll-out",
    { environments: [{ name: "production", rollOut: { onFailure: "retry" } }] },
    'environments[0].rollOut.onFailure: "retry" is not allowed; allowed: "stop" or "rollBack"',
  ],
  [
    "a capacity without max",
    { environments: [{ name: "production", capacity: { desired: 1 } }] },
    "environments[0].capacity.max: missing; allowed: a whole number of instances from 1 to 1000",
  ],
  [
    "a load balancer of the wrong kind",
    { environments: [{ name: "production", loadBalancer: "no" }] },
    'environments[0].loadBalancer: "no" is not allowed; allowed: false, or an object with allowedCidrs, certificateArn, deletionProtection',
  ],
  [
    "a load balancer that is only true",
    { environments: [{ name: "production", loadBalancer: true }] },
    "environments[0].loadBalancer: true is not allowed; allowed: false, or an object with allowedCidrs, certificateArn, deletionProtection",
  ],
  [
    "a load balancer in one subnet",
    { subnetIds: ["subnet-11111111"], environments: [{ name: "production", loadBalancer: {} }] },
    'environments[0].loadBalancer: a load balancer needs subnets in two zones, but subnetIds has only "subnet-11111111"; allowed: false, or two or more subnets, or none for those of the default VPC',
  ],
  [
    "a load balancer that nobody may call",
    { environments: [{ name: "production", loadBalancer: { allowedCidrs: [] } }] },
    "environments[0].loadBalancer.allowedCidrs: [] is not allowed; allowed: a list of at least one IPv4 block",
  ],
  [
    "an address in the place of a block",
    { environments: [{ name: "production", loadBalancer: { allowedCidrs: ["10.0.0.1"] } }] },
    'environments[0].loadBalancer.allowedCidrs[0]: "10.0.0.1" is not allowed; allowed: an IPv4 block such as "10.0.0.0/16", without bits set beyond its prefix',
  ],
  [
    "a block with bits beyond its prefix",
    { environments: [{ name: "production", loadBalancer: { allowedCidrs: ["10.0.0.1/8"] } }] },
    'environments[0].loadBalancer.allowedCidrs[0]: "10.0.0.1/8" is not allowed; allowed: an IPv4 block such as "10.0.0.0/16", without bits set beyond its prefix',
  ],
  [
    "a block that is out of range",
    { environments: [{ name: "production", loadBalancer: { allowedCidrs: ["10.0.0.300/32"] } }] },
    'environments[0].loadBalancer.allowedCidrs[0]: "10.0.0.300/32" is not allowed; allowed: an IPv4 block such as "10.0.0.0/16", without bits set beyond its prefix',
  ],
  [
    "plain HTTP for everybody",
    { environments: [{ name: "production", loadBalancer: { allowedCidrs: ["0.0.0.0/0"] } }] },
    'environments[0].loadBalancer.allowedCidrs[0]: "0.0.0.0/0" would offer plain HTTP to the whole internet; allowed: a narrower block, or a certificateArn beside it',
  ],
  [
    "a certificate of IAM",
    {
      environments: [
        {
          name: "production",
          loadBalancer: { certificateArn: "arn:aws:iam::111122223333:server-certificate/x" },
        },
      ],
    },
    'environments[0].loadBalancer.certificateArn: "arn:aws:iam::111122223333:server-certificate/x" is not allowed; allowed: the ARN of an ACM certificate, such as "arn:aws:acm:eu-west-1:111122223333:certificate/…"',
  ],
  [
    "a certificate of another region",
    {
      environments: [
        {
          name: "production",
          loadBalancer: { certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0-1" },
        },
      ],
    },
    'environments[0].loadBalancer.certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0-1" is a certificate in us-east-1; allowed: one in eu-west-1, where the load balancer is',
  ],
  [
    "a mail address without a domain",
    { noticesTo: "team" },
    'noticesTo: "team" is not allowed; allowed: a mail address, such as "team@example.com"',
  ],
  [
    "a mail address with a space",
    { noticesTo: "the team@example.com" },
    'noticesTo: "the team@example.com" is not allowed; allowed: a mail address, such as "team@example.com"',
  ],
];

describe("a configuration", () => {
  test.each(mistakes)("refuses %s", (_, change, message) => {
    expect(problemsOf({ ...good, ...change })).toEqual([message]);
  });

  test.each([undefined, null, "pipeline", [], 7])("refuses %j in the place of all settings", (input) => {
    const [first] = problemsOf(input);
    expect(first).toMatch(/^configuration: .*; allowed: an object with name, region, /);
  });

  test("reports all mistakes at once, also those between settings beside those within", () => {
    const input = {
      ...good,
      nmae: "x",
      region: "cn-north-1",
      accountId: 1,
      subnetIds: ["subnet-11111111", "oops", "subnet-11111111"],
      instanceType: "t3.small",
      environments: [
        { name: "a", capacity: { desired: 5, max: 2 } },
        { name: "a", loadBalancer: { allowedCidrs: ["0.0.0.0/0", "x"], port: 80 } },
        { name: "B", approval: 1 },
      ],
    };
    expect(problemsOf(input).map((line) => line.split(": ")[0])).toEqual([
      "region",
      "accountId",
      "subnetIds[1]",
      "environments[1].loadBalancer.allowedCidrs[1]",
      "environments[1].loadBalancer.port",
      "environments[2].name",
      "environments[2].approval",
      "nmae",
      "instanceType",
      "subnetIds[2]",
      "environments[1].name",
      "environments[0].capacity.desired",
      "environments[1].loadBalancer.allowedCidrs[0]",
    ]);
  });

  test("fills in defaults", () => {
    expect(parseConfiguration(good)).toEqual({
      ...good,
      branch: "main",
      versionLine: "1.0",
      subnetIds: [],
      architecture: "arm64",
      instanceType: "t4g.small",
      builderInstanceType: "t4g.medium",
      image: { testsEnabled: true, baseImageSchedule: undefined },
      executionMode: "QUEUED",
      noticesTo: undefined,
      environments: [
        {
          name: "production",
          approval: false,
          capacity: { desired: 2, max: 4 },
          healthCheckGraceSeconds: 300,
          instanceWarmupSeconds: 120,
          rollOut: {
            minHealthyPercentage: 100,
            maxHealthyPercentage: 200,
            bakeSeconds: 180,
            checkpoints: [],
            checkpointSeconds: 600,
            alarms: [],
            onFailure: "stop",
          },
          loadBalancer: undefined,
        },
      ],
    });
  });

  test("takes a bigger builder, a schedule for the base image, and images without tests", () => {
    const baseImageSchedule = { scheduleExpression: "cron(0 4 ? * sun *)" };
    const input = { builderInstanceType: "c7g.xlarge", image: { testsEnabled: false, baseImageSchedule } };
    expect(parseConfiguration({ ...good, ...input })).toMatchObject({
      builderInstanceType: "c7g.xlarge",
      image: { testsEnabled: false, baseImageSchedule: { ...baseImageSchedule, timezone: "UTC" } },
    });
  });

  test("chooses instance types of the architecture", () => {
    expect(parseConfiguration({ ...good, architecture: "x86_64" })).toMatchObject({
      instanceType: "t3.small",
      builderInstanceType: "t3.medium",
    });
  });

  describe("load balancer", () => {
    const subnetIds = ["subnet-11111111", "subnet-22222222"];
    const of = (change: object) => parseConfiguration({ ...good, ...change }).environments[0]?.loadBalancer;
    const loadBalancer = {
      allowedCidrs: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
      certificateArn: undefined,
      deletionProtection: false,
    };

    test("is there for private addresses when two subnets are given", () => {
      expect(of({ subnetIds })).toEqual(loadBalancer);
    });
    test("is left out when only one is", () => {
      expect(of({ subnetIds: subnetIds.slice(1) })).toBeUndefined();
    });
    test("is left out on demand", () => {
      expect(of({ subnetIds, environments: [{ name: "production", loadBalancer: false }] })).toBeUndefined();
    });
    test("is there on demand in the subnets of the default VPC", () => {
      expect(of({ environments: [{ name: "production", loadBalancer: {} }] })).toEqual(loadBalancer);
    });
    test("may be open to everybody with a certificate", () => {
      const certificateArn = "arn:aws:acm:eu-west-1:111122223333:certificate/0-1";
      const environments = [
        { name: "production", loadBalancer: { allowedCidrs: ["0.0.0.0/0"], certificateArn } },
      ];
      expect(of({ environments })).toEqual({
        allowedCidrs: ["0.0.0.0/0"],
        certificateArn,
        deletionProtection: false,
      });
    });
  });

  test.each(["main", "release/1.x", "feature/UPPER_case-1", "v1.0", "a"])("takes the branch %s", (branch) => {
    expect(parseConfiguration({ ...good, branch }).branch).toBe(branch);
  });
  test.each([
    "@",
    "HEAD",
    "a b",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "a.",
    "-a",
    "a@{b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[b",
    "a\\b",
    "a\u0007",
    "a".repeat(257),
    "0".repeat(40),
  ])("refuses the branch %j", (branch) => {
    expect(problemsOf({ ...good, branch })).toHaveLength(1);
  });
});

describe("loading", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "configuration-test-"));
  });
  afterAll(() => rm(directory, { recursive: true }));
  afterEach(() => {
    delete process.env["PIPELINE_CONFIG"];
  });

  test("accepts pipeline.config.ts as it is", () => {
    expect(loadConfiguration(pipelineConfig).name).toBe("hello-world");
  });

  test("takes the file that PIPELINE_CONFIG names instead", () => {
    const file = path.join(directory, "other.json");
    writeFileSync(file, JSON.stringify({ ...good, name: "other" }));
    process.env["PIPELINE_CONFIG"] = file;
    expect(loadConfiguration(pipelineConfig).name).toBe("other");
  });

  test("names the file that has a mistake", () => {
    const file = path.join(directory, "wrong.json");
    writeFileSync(file, JSON.stringify({ ...good, region: "here" }));
    process.env["PIPELINE_CONFIG"] = file;
    expect(() => loadConfiguration(pipelineConfig)).toThrow(
      `${file} has 1 mistake:\n  region: "here" is not allowed`,
    );
  });

  test("says that the file can't be read", () => {
    process.env["PIPELINE_CONFIG"] = path.join(directory, "missing.json");
    expect(() => loadConfiguration(pipelineConfig)).toThrow(
      /^PIPELINE_CONFIG names ".*missing.json", which can't be read as JSON/,
    );
  });

  test("reports a mistake as the user's, not as ours", () => {
    expect(isUserError(new ConfigurationError([], "x"))).toBe(true);
  });
});

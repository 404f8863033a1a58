import * as z from "zod";
import { isCronExpression } from "./cron-expression";
import { architectureOf } from "./instance-types";

/**
 * What each setting may hold, and its default. A message says what is allowed; `load.ts` adds the path and the value
 * given. What depends on more than one setting is in `rules.ts`, the lengths of derived names in `limits.ts`.
 */

/**
 * The part that all names share. S3 allows lower case only, a load balancer's name no hyphen at its ends, CodeBuild at
 * least two characters; `aws` and `ssm` can't begin an SSM parameter, `sg-` a security group, the others a bucket:
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const name = text(
  "2 or more lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit, " +
    'and not beginning with "aws", "ssm", "sg-", "xn--", "sthree-", "amzn-s3-demo-" or "internal-"',
  /^(?!aws|ssm|sg-|xn--|sthree-|amzn-s3-demo-|internal(?:-|$))[a-z][a-z0-9-]*[a-z0-9]$/,
);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots would break TLS, so none. */
const bucket = text(
  "an S3 bucket's name: 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit, " +
    'not beginning with "xn--", "sthree-" or "amzn-s3-demo-", not ending with "-s3alias", "--ol-s3", "--x-s3" or "--table-s3"',
  /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--(?:ol|x|table)-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
);

/**
 * Partition aws only: every ARN that is derived from the configuration begins with `arn:aws`. The areas are those of the
 * partition's region pattern, which leaves out aws-cn (cn-), aws-us-gov (us-gov-), aws-eusc (eusc-) and the aws-iso ones.
 */
const region = text(
  'a region of the partition aws, such as "eu-west-1" (China, GovCloud and the sovereign and isolated partitions are not supported)',
  /^(?:us|eu|ap|sa|ca|me|af|il|mx)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/,
);

/**
 * Git's rules for a reference, and CodeCommit's: at most 256 characters and not a whole commit id.
 * https://git-scm.com/docs/git-check-ref-format
 * https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
 */
const branch = text(
  "a git branch's name: 1 to 256 characters without spaces, control characters or any of ~ ^ : ? * [ \\, " +
    'no "..", "//" or "@{", no part beginning with "." or ending with ".lock", not beginning with "-" or "/", ' +
    'not ending with "." or "/", not "@" or "HEAD", and not 40 hexadecimal digits',
  // eslint-disable-next-line no-control-regex -- control characters are what it refuses
  /^(?![-/.@]?$|[-/.]|HEAD$|[0-9a-f]{40}$)(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock(?:\/|$)|[./]$))[^\u0000-\u0020\u007f~^:?*[\\]{1,256}$/,
);

const mail = text(
  'a mail address, such as "team@example.com"',
  /^(?=.{1,254}$)(?!\.)(?!.*\.\.)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}(?<!\.)@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/,
);

/** IPv4 with a prefix length and no bits beyond it: EC2 would accept some and store another, a change in every plan. */
const cidr = text('an IPv4 block such as "10.0.0.0/16", without bits set beyond its prefix').refine(isBlock, {
  error: 'an IPv4 block such as "10.0.0.0/16", without bits set beyond its prefix',
});

const instanceType = text(
  'an EC2 instance type of the configured architecture that runs Amazon Linux 2023, such as "t4g.small"',
  /^[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal(?:-\d+xl)?)$/,
).refine((type) => architectureOf(type) !== undefined, {
  error:
    'an EC2 instance type of the configured architecture that runs Amazon Linux 2023, such as "t4g.small"',
});

const instances = whole("a whole number of instances from 1 to 1000", 1, 1000);

export const loadBalancerSchema = shape({
  /** Private addresses (RFC 1918): an application is not on the internet before somebody says so. */
  allowedCidrs: list(cidr, "a list of at least one IPv4 block")
    .min(1, { error: "a list of at least one IPv4 block" })
    .default(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
  /** None: a certificate needs a domain, which we can't guess. */
  certificateArn: text(
    'the ARN of an ACM certificate, such as "arn:aws:acm:eu-west-1:111122223333:certificate/…"',
    /^arn:aws:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/,
  ).optional(),
  /** Off: `terraform destroy` alone must be able to leave nothing behind. Turn it on where losing the address hurts. */
  deletionProtection: flag().default(false),
});

/** Longest wait that EC2 Auto Scaling takes in a refresh: two days. */
const waitSeconds = () => whole("a whole number of seconds from 0 to 172800", 0, 172_800);
const percentages = "a list of up to 9 whole percentages from 1 to 99, in ascending order";

const cron =
  'cron(...) with six fields (minute, hour, day, month, day of the week, year), exactly one of the two days "?", ' +
  'such as "cron(0 4 ? * sun *)"';

/** The pattern is the service's; whether there is such a zone, Node knows. */
const zone = 'an IANA time zone, such as "Europe/Berlin"';
const timezone = text(zone, /^(?=.{3,100}$)[a-zA-Z0-9]{2,}(?:\/[a-zA-Z0-9_+-]+)*$/).refine(isTimeZone, {
  error: zone,
});

export const baseImageScheduleSchema = shape({
  scheduleExpression: text(cron).refine(isCronExpression, { error: cron }),
  /** Image Builder's own default. */
  timezone: timezone.default("UTC"),
});

const image = shape({
  /** A release that does not even start is found out before any instance is replaced. */
  testsEnabled: flag().default(true),
  /** None: baking one costs storage and a bake now and then, which pays off where releases are frequent. */
  baseImageSchedule: baseImageScheduleSchema.optional(),
});

/** https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html has the ranges. */
const rollOut = shape({
  /** Everything: a roll-out costs no capacity. */
  minHealthyPercentage: whole("a whole percentage from 0 to 100", 0, 100).default(100),
  /** As many new instances beside the old ones: the whole fleet is replaced in the time of one start. */
  maxHealthyPercentage: whole("a whole percentage from 100 to 200", 100, 200).default(200),
  /** The alarm on server errors needs up to three minutes to know about an instance that has just begun to serve. */
  bakeSeconds: waitSeconds().default(180),
  /** None: a fleet of two has no meaningful part to wait at. */
  checkpoints: list(whole(percentages, 1, 99), percentages)
    .max(9, { error: percentages })
    .refine((list) => list.every((one, index) => index === 0 || list[index - 1]! < one), {
      error: percentages,
    })
    .default([]),
  /** Long enough to look at graphs, short enough not to forget about it. */
  checkpointSeconds: waitSeconds().default(600),
  /** Beside those of the load balancer, which are watched in any case; a refresh takes 10. */
  alarms: list(
    text("the name of a CloudWatch alarm: 1 to 255 characters", /^[^]{1,255}$/),
    "a list of up to 8 alarm names",
  )
    .max(8, { error: "a list of up to 8 alarm names" })
    .default([]),
  /** The refresh takes the fleet back by itself; rolling back the stage adds a second execution to look at. */
  onFailure: z.enum(["stop", "rollBack"], { error: '"stop" or "rollBack"' }).default("stop"),
});

const environment = shape({
  name: text(
    "lower-case letters, digits and hyphens, beginning with a letter, ending with a letter or digit",
    /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/,
  ),
  /** Off: a release that passed its tests goes on by itself; whoever wants a gate asks for one. */
  approval: flag().default(false),
  /** Two, so that one zone may fail; four, so that a refresh may launch as many new ones before it ends the old. */
  capacity: shape({ desired: instances, max: instances }).default({ desired: 2, max: 4 }),
  /**
   * What the console of Auto Scaling gives: https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html
   * Java on a small instance with a new volume is ready in a third of it. Below two minutes the alarm on unhealthy hosts,
   * which allows for it, could not tell an instance that starts from one that never will.
   */
  healthCheckGraceSeconds: whole("a whole number of seconds from 120 to 3600", 120, 3600).default(300),
  /** Longer than a start: for the rest of it old and new serve side by side, and alarms see the new ones first. */
  instanceWarmupSeconds: whole("a whole number of seconds from 0 to 3600", 0, 3600).default(120),
  /** How a release is rolled out here. */
  rollOut: rollOut.prefault({}),
  /** On when the configuration gives two or more subnets, which a load balancer needs; see `load.ts`. */
  loadBalancer: z
    .union([z.literal(false), loadBalancerSchema], {
      error: `false, or an object with ${Object.keys(loadBalancerSchema.shape).join(", ")}`,
    })
    .optional(),
});

export const configurationSchema = shape({
  name,
  region,
  accountId: text('an AWS account id: 12 digits in quotes, such as "111122223333"', /^\d{12}$/),
  /** No default: a name derived from `name` would look for the states elsewhere after a renaming. */
  stateBucket: bucket,
  /** What git and CodeCommit call the first branch today. */
  branch: branch.default("main"),
  /** The first released line. */
  versionLine: text(
    'MAJOR.MINOR without leading zeros, such as "1.0"',
    /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})$/,
  ).default("1.0"),
  /** The default VPC's, which every new account has. */
  subnetIds: list(
    text('a subnet id: "subnet-" and 8 or 17 hexadecimal digits', /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/),
    "a list of subnet ids",
  ).default([]),
  /** Graviton costs about a fifth less at the same size (t4g.small against t3.small), and Java runs unchanged. */
  architecture: z.enum(["arm64", "x86_64"], { error: '"arm64" or "x86_64"' }).default("arm64"),
  /** 2 GiB: the sample's t4g.nano has 0.5, too little for a current Spring Boot beside the agents. Per architecture. */
  instanceType: instanceType.optional(),
  /** Runs for minutes only; twice the memory shortens updates and tests. Per architecture. */
  builderInstanceType: instanceType.optional(),
  /** How images are baked. */
  image: image.prefault({}),
  environments: list(environment, "a list of at least one environment").min(1, {
    error: "a list of at least one environment",
  }),
  /**
   * QUEUED: no commit is skipped and none overtakes another. PARALLEL is not offered: roll-outs to one group can't overlap,
   * since a group has one instance refresh at a time.
   * https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StartInstanceRefresh.html
   */
  executionMode: z.enum(["QUEUED", "SUPERSEDED"], { error: '"QUEUED" or "SUPERSEDED"' }).default("QUEUED"),
  /** None: a topic that people and tools may subscribe to is made in any case. */
  noticesTo: mail.optional(),
});

export const defaultInstanceTypes = {
  arm64: { instanceType: "t4g.small", builderInstanceType: "t4g.medium" },
  x86_64: { instanceType: "t3.small", builderInstanceType: "t3.medium" },
} as const;

/** What a user writes into pipeline.config.ts. */
export type ConfigurationInput = z.input<typeof configurationSchema>;
/** The same with defaults, before what depends on other settings is filled in. */
export type ParsedConfiguration = z.output<typeof configurationSchema>;
export type ParsedEnvironment = ParsedConfiguration["environments"][number];

function text(allowed: string, pattern = /[^]*/) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed });
}

function flag() {
  return z.boolean({ error: "true or false" });
}

function whole(allowed: string, least: number, most: number) {
  return z.int({ error: allowed }).min(least, { error: allowed }).max(most, { error: allowed });
}

function list<T extends z.ZodType>(element: T, allowed: string) {
  return z.array(element, { error: allowed });
}

/** An object that refuses keys it doesn't know: a misspelt setting would otherwise silently keep its default. */
function shape<T extends z.core.$ZodLooseShape>(settings: T) {
  return z.strictObject(settings, {
    error: (issue) =>
      issue.code === "invalid_type" ? `an object with ${Object.keys(settings).join(", ")}` : undefined,
  });
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

function isBlock(value: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(value);
  if (match === null) return false;
  const parts = match.slice(1, 5).map(Number);
  const prefix = Number(match[5]);
  if (parts.some((part) => part > 255) || prefix > 32 || parts.map(String).join(".") !== value.split("/")[0])
    return false;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  return address % 2 ** (32 - prefix) === 0;
}

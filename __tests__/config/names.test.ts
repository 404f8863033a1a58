import fc from "fast-check";
import type { Configuration } from "../../config/configuration";
import { limitedNames, longestSubject, nameLimits } from "../../config/limits";
import { ConfigurationError, parseConfiguration } from "../../config/load";
import { Names } from "../../config/names";

const letters = "abcdefghijklmnopqrstuvwxyz";
const word = (maxLength: number) =>
  fc
    .string({ unit: fc.constantFrom(...letters, ..."0123456789-"), maxLength })
    .map((rest) => `a${rest}`.replace(/-+$/, "z"));
const region = fc.constantFrom("eu-west-1", "us-east-1", "ap-southeast-1", "ap-northeast-3", "mx-central-1");

const inputs = fc.record({
  name: word(40),
  region,
  accountId: fc.constant("111122223333"),
  stateBucket: fc.constant("state-bucket"),
  subnetIds: fc.constantFrom([], ["subnet-11111111", "subnet-22222222"]),
  environments: fc.uniqueArray(fc.record({ name: word(40) }), {
    minLength: 1,
    maxLength: 4,
    selector: ({ name }) => name,
  }),
});

function accepted(input: unknown): Configuration | undefined {
  try {
    return parseConfiguration(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

describe("derived names", () => {
  test("stay within what AWS allows for every configuration that is accepted", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const configuration = accepted(input);
        fc.pre(configuration !== undefined);
        const names = new Names(configuration);
        expect(names.artifactBucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        expect(names.repository).toMatch(/^[\w.-]{1,100}$/);
        expect(names.pipeline).toMatch(/^[A-Za-z0-9.@_-]{1,100}$/);
        expect(names.versionParameter).toMatch(/^\/(?!aws|ssm)[\w.-]+\/[\w.-]+$/);
        for (const name of [names.applicationComponent, names.recipe, names.imagePipeline]) {
          expect(name).toMatch(/^[-_A-Za-z0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z0-9]$/);
        }
        for (const { name, loadBalancer } of configuration.environments) {
          const environment = names.environment(name);
          expect(environment.instanceRole).toMatch(/^[\w+=,.@-]{1,64}$/);
          expect(environment.releaseTemplate).toMatch(/^[a-zA-Z0-9().\-/_]{3,128}$/);
          expect(environment.blueprintTemplate).toMatch(/^[a-zA-Z0-9().\-/_]{3,128}$/);
          expect(`${environment.prefix}-${"x".repeat(longestSubject)}`).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
          if (loadBalancer !== undefined) {
            expect(environment.logBucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
            expect(environment.loadBalancer).toMatch(/^(?!internal-|-)[A-Za-z0-9-]{1,32}(?<!-)$/);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("are refused only for a reason: the name that the message allows is accepted", () => {
    fc.assert(
      fc.property(word(60), region, (name, region) => {
        // beginnings that AWS keeps for itself are refused at any length
        fc.pre(!/^(?:aws|ssm|sg-|xn--|sthree-|amzn-s3-demo-|internal(?:-|$))/.test(name));
        const base = {
          accountId: "111122223333",
          stateBucket: "state-bucket",
          region,
          environments: [{ name: "a" }],
        };
        const most = nameLimits.bucket - new Names({ ...base, name: "" }).artifactBucket.length;
        expect(accepted({ ...base, name }) !== undefined).toBe(name.length >= 2 && name.length <= most);
      }),
    );
  });

  test("have a limit each", () => {
    const derived = limitedNames({
      name: "hello",
      region: "eu-west-1",
      accountId: "111122223333",
      environments: [{ index: 0, name: "production", loadBalanced: true }],
    });
    expect(derived.map(({ bearer }) => bearer)).toEqual([
      "artifact bucket",
      "repository",
      "pipeline",
      "build project",
      "longest role",
      "longest function",
      "commit rule",
      "longest rule",
      "topic",
      "application component",
      "recipe",
      "image pipeline",
      "base image pipeline",
      "base image lifecycle policy",
      "image lifecycle policy",
      "blueprint launch template",
      "release launch template",
      "Auto Scaling group",
      "instance role",
      "longest role",
      "longest function",
      "longest rule",
      "stage",
      "load balancer",
      "bucket for access logs",
    ]);
  });
});

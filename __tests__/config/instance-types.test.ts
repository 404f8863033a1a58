import { architectureOf } from "../../config/instance-types";

test.each([
  ["t4g.small", "arm64"],
  ["m7gd.2xlarge", "arm64"],
  ["c6gn.medium", "arm64"],
  ["im4gn.large", "arm64"],
  ["is4gen.large", "arm64"],
  ["x2gd.metal", "arm64"],
  ["g5g.xlarge", "arm64"],
  ["hpc7g.4xlarge", "arm64"],
  ["r8g.metal-24xl", "arm64"],
  ["a1.large", "arm64"],
  ["t3.small", "x86_64"],
  ["t3a.small", "x86_64"],
  ["m7i-flex.large", "x86_64"],
  ["g5.xlarge", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["gr6.4xlarge", "x86_64"],
  ["u-6tb1.metal", "x86_64"],
  ["mac2-m2.metal", undefined],
  ["p6e-gb200.36xlarge", undefined],
])("%s is %s", (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});

/** Tests mirror the tree; types are checked apart, by `tsc --noEmit`. */
// the SDK's warning about the end of Node 20, once for each test file, would bury everything else
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

module.exports = {
  testEnvironment: "node",
  // not in the system's temporary folder, where `npm test` leaves nothing
  cacheDirectory: "<rootDir>/node_modules/.cache/jest",
  roots: ["<rootDir>/__tests__"],
  testMatch: ["**/*.test.ts"],
  // all cores, where jest leaves one free: many tests wait for Terraform, git or a machine that boots
  maxWorkers: "100%",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/bench/peers"],
};

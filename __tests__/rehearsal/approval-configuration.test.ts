import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfiguration } from "../../config/load";
import { definePipeline } from "../../config/define";
import { withApproval, writeConfiguration } from "../../rehearsal/approval-configuration";

const input = definePipeline({
  name: "shop",
  region: "eu-west-1",
  accountId: "111122223333",
  stateBucket: "shop-states",
  environments: [{ name: "staging" }, { name: "production", loadBalancer: false }],
  noticesTo: undefined,
});

describe("the configuration with an approval", () => {
  it("asks for one in that environment, and is the same otherwise", () => {
    const { environments, ...rest } = parseConfiguration(withApproval(input, "production"));
    const { environments: before, ...same } = parseConfiguration(input);
    expect(rest).toEqual(same);
    expect(environments).toEqual([before[0], { ...before[1], approval: true }]);
  });

  it("is the same when it is read from its file", () => {
    const directory = mkdtempSync(join(tmpdir(), "approval-configuration-"));
    const file = join(directory, "configuration.json");
    writeConfiguration(file, withApproval(input, "production"));
    const read: unknown = JSON.parse(readFileSync(file, "utf8"));
    rmSync(directory, { recursive: true });
    expect(parseConfiguration(read)).toEqual(parseConfiguration(withApproval(input, "production")));
  });
});

import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import type { ImageBuilder } from "../../../../rehearsal/cloud/imagebuilder/imagebuilder";
import { lifecycleRunPath, runLifecyclePolicy } from "../../../../rehearsal/cloud/imagebuilder/lifecycle-run";

const runs: [string, Date][] = [];
const imageBuilder = {
  runLifecyclePolicy(arn: string, at: Date) {
    if (arn !== "arn") throw new ServiceError("ResourceNotFoundException", `${arn} does not exist`, 404);
    runs.push([arn, at]);
    return "lce-1";
  },
} as unknown as ImageBuilder;

async function ask(query: string, method = "POST") {
  const url = new URL(`http://127.0.0.1${lifecycleRunPath}${query}`);
  const { status, body } = await runLifecyclePolicy(imageBuilder, {
    method,
    url,
    headers: {},
    body: Buffer.alloc(0),
  });
  return [status, JSON.parse(String(body))];
}

beforeEach(() => (runs.length = 0));

it("runs a policy as of a time, and answers with the execution's id", async () => {
  expect(await ask("?policy=arn&at=2027-01-01T00:00:00Z")).toEqual([200, { lifecycleExecutionId: "lce-1" }]);
  expect(runs).toEqual([["arn", new Date("2027-01-01T00:00:00Z")]]);
});

it("runs a policy as of now when no time is given", async () => {
  await ask("?policy=arn");
  expect(Math.abs(Date.now() - runs[0]![1].getTime())).toBeLessThan(5000);
});

it.each([
  ["", "POST", 400, "policy=<ARN of a lifecycle policy> is missing"],
  ["?policy=arn&at=soon", "POST", 400, "at=soon is no time"],
  ["?policy=arn", "GET", 405, "only POST runs a lifecycle policy"],
  ["?policy=gone", "POST", 404, "gone does not exist"],
])("answers %j with %s by %i: %s", async (query, method, status, message) => {
  expect(await ask(query, method)).toEqual([status, { message }]);
  expect(runs).toEqual([]);
});

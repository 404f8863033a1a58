import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonClients } from "../../../support/python-clients";
import { RunningCloud } from "../../../support/running-cloud";

jest.setTimeout(300_000);

/** What boto3_walk.py has seen; each `refused` was raised as the client's own exception of that code. */
interface Walk {
  readonly pipeline: Readonly<Record<string, unknown>>;
  readonly images: Readonly<Record<string, unknown>>;
  readonly refresh: Readonly<Record<string, unknown>>;
}

let cloud: RunningCloud;
let walk: Walk;

beforeAll(async () => {
  const programs = await pythonClients();
  cloud = await RunningCloud.start();
  const { stdout } = await promisify(execFile)(
    join(programs, "python"),
    ["-B", join(__dirname, "boto3_walk.py")],
    { env: { ...cloud.environment(), AWS_DEFAULT_REGION: cloud.client.region } },
  );
  walk = JSON.parse(stdout) as Walk;
});
afterAll(() => cloud.stop());

describe("boto3, as a user whose signature and permissions are checked,", () => {
  it("makes a repository and a pipeline, commits, starts an execution, lists its actions and approves", () => {
    expect(walk.pipeline).toMatchObject({
      waiting: { Source: "Succeeded", Approve: "InProgress" },
      actions: { Source: "Succeeded", Approve: "Succeeded" },
      status: "Succeeded",
      releasesTheCommit: true,
    });
  });

  it("makes, reads and lists components page by page", () => {
    expect(walk.images).toMatchObject({
      pages: [["walk-0", "walk-1"], ["walk-2", "walk-3"], ["walk-4"]],
      document: true,
    });
  });

  it("starts, describes and cancels an instance refresh", () => {
    expect(walk.refresh).toMatchObject({ statuses: ["InProgress", "Cancelled"] });
  });

  it("gets the errors that it knows by name", () => {
    expect([walk.pipeline["refused"], walk.images["refused"], walk.refresh["refused"]]).toEqual([
      [
        "RepositoryNameExistsException",
        "BranchDoesNotExistException",
        "PipelineNotFoundException",
        "AccessDeniedException",
      ],
      ["ResourceAlreadyExistsException", "ResourceNotFoundException", "InvalidPaginationTokenException"],
      ["InstanceRefreshInProgress", "ActiveInstanceRefreshNotFound", "ValidationError"],
    ]);
  });
});

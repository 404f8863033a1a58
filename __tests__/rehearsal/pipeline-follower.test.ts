import { PipelineFollower } from "../../rehearsal/pipeline-follower";
import { Progress } from "../../rehearsal/progress";
import { approvalStage, buildStage, PipelineHarness } from "./cloud/codepipeline/pipeline-harness";

describe("whoever follows an execution", () => {
  let pipeline: PipelineHarness;
  const lines: string[] = [];
  const signal = new AbortController().signal;
  const follower = () =>
    new PipelineFollower(pipeline.client, "hello", new Progress((line) => void lines.push(line)));

  beforeEach(async () => {
    lines.length = 0;
    pipeline = new PipelineHarness();
    await pipeline.start();
    pipeline.create([buildStage, approvalStage]).catch(() => undefined);
  });
  afterEach(() => pipeline.stop());

  const asked = async () => {
    const id = await pipeline.until(() => pipeline.newest().catch(() => undefined));
    const approval = await pipeline.until(() => follower().approvals.waiting(id));
    return { id, approval };
  };

  it("approves what it is asked, and sees it to its end", async () => {
    const { id } = await asked();
    expect(await follower().follow(id, signal)).toMatchObject({ id, status: "Succeeded" });
    expect(lines.join("\n")).toMatch(/approve|Approve/);
  });

  it("may have said no before", async () => {
    const { id, approval } = await asked();
    await follower().approvals.answer(approval, "Rejected", "not today");
    expect(await follower().follow(id, signal)).toMatchObject({ id, status: "Failed" });
    expect(lines.join("\n")).toContain("not today");
    expect(await follower().approvals.waiting(id)).toBeUndefined();
  });

  it("is asked nothing by an execution that waits for nobody", async () => {
    const { id } = await asked();
    expect(await follower().approvals.waiting("another")).toBeUndefined();
    expect(await follower().executions()).toEqual([id]);
  });
});

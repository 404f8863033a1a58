import { version } from "../../../rehearsal/sweep/subjects/version";
import { Sweep } from "../../../rehearsal/sweep/sweep";
import { withLab } from "../../../rehearsal/sweep/with-lab";

/** One call of one function; `npm run faults` has all of both. */
it("holds whatever happens to the call that draws a version", async () => {
  const { calls, ...result } = await withLab((lab) =>
    new Sweep(lab, version(lab)).run(/^\w+ PutParameter(?:,|$)/),
  );
  expect(calls).toEqual([
    "lambda:ListFunctions",
    "lambda:Invoke",
    "ssm:GetParameterHistory",
    "ssm:PutParameter",
    "ssm:GetParameterHistory",
    "codepipeline:PutJobSuccessResult",
  ]);
  expect(result).toEqual({ subject: "version", held: 6, void: 0, failures: [] });
}, 180_000);

import { casesOf, isGeneric } from "../../../rehearsal/sweep/cases";

const call = (operation: string, service = "imagebuilder") => ({ service, operation });
const invoke = call("Invoke", "lambda");
const answer = call("PutJobSuccessResult", "codepipeline");
const names = (...calls: ReturnType<typeof call>[]) => casesOf(calls).map(({ name }) => name);

it("has every fault for every call", () => {
  expect(names(call("GetComponent"), call("CreateComponent"))).toEqual([
    "throttle GetComponent",
    "fail GetComponent",
    "drop GetComponent",
    "expire GetComponent",
    "hold GetComponent",
    "stale GetComponent",
    "throttle CreateComponent",
    "fail CreateComponent",
    "drop CreateComponent",
    "expire CreateComponent",
    "hold CreateComponent",
    "hold CreateComponent, then stale reads",
  ]);
});

it("counts from the write before, and takes a call that is repeated once", () => {
  const calls = [call("GetImage"), call("StartBake"), answer, call("GetImage"), answer, call("GetImage")];
  const throttled = casesOf(calls).filter(({ rules }) => rules[0]?.kind === "throttle");
  expect(throttled.map(({ name }) => name)).toEqual([
    "throttle GetImage",
    "throttle StartBake",
    "throttle PutJobSuccessResult after StartBake",
    "throttle GetImage after StartBake",
  ]);
  expect(throttled.at(-1)?.rules).toEqual([
    { kind: "throttle", service: "imagebuilder", operation: "GetImage", after: "StartBake", nth: 1 },
  ]);
});

it("delivers a job twice and late, where CodePipeline delivers one", () => {
  const delivered = (calls: ReturnType<typeof call>[]) =>
    names(...calls).filter((name) => name.startsWith("delivered"));
  expect(delivered([invoke, answer])).toHaveLength(5);
  expect(delivered([call("ListImages")])).toEqual([]);
});

it("lets every read look again after a write without seeing it", () => {
  const looks = casesOf([call("GetRecipe"), call("GetComponent"), call("CreateComponent")]).at(-1);
  expect(looks?.rules.map(({ kind, operation }) => `${kind} ${operation}`)).toEqual([
    "hold CreateComponent",
    "stale GetRecipe",
    "stale GetComponent",
  ]);
});

it("knows which faults a function meets alike in every situation", () => {
  const generic = casesOf([invoke, call("GetImage"), answer]).filter(isGeneric);
  expect(new Set(generic.map(({ rules }) => rules[0]?.kind))).toEqual(
    new Set(["throttle", "fail", "drop", "expire"]),
  );
});

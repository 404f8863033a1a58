import { documentOf, RunnerFixture } from "./runner-fixture";

const fixture = new RunnerFixture();
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

const bash = (name: string, command: string, more = ""): string =>
  `- name: ${name}\n  action: ExecuteBash\n${more}  inputs:\n    commands:\n      - ${JSON.stringify(command)}`;

it("fills in parameters, their defaults and constants", async () => {
  const head = `parameters:
  - Greeting: { type: string }
  - Name: { type: string, default: world }
constants:
  - Mark: { type: string, value: "!" }`;
  await fixture.run(documentOf(bash("Say", "echo {{ Greeting }} {{Name}}{{ Mark }} {{ Nothing }}"), head), {
    Greeting: "hello",
  });
  expect(fixture.lines).toContain("Stdout: hello world! {{ Nothing }}");
});

it("feeds a step's output to a later one", async () => {
  await fixture.run(
    documentOf(
      `${bash("Make", "echo /opt/made")}\n${bash("Use", "echo {{ build.Make.outputs.stdout }} is it")}`,
    ),
  );
  expect(fixture.lines).toContain("Stdout: /opt/made is it");
});

it.each([
  ["for", "{ for: { start: 1, end: 5, updateBy: 2 } }", ["0-1", "1-3", "2-5"]],
  ["a list", "{ forEach: [a, b] }", ["0-a", "1-b"]],
  ["a text with a delimiter", "{ name: Each, forEach: { list: 'a;b', delimiter: ';' } }", ["0-a", "1-b"]],
])("loops over %s", async (_kind, loop, expected) => {
  await fixture.run(documentOf(bash("Loop", "echo {{ loop.index }}-{{ loop.value }}", `  loop: ${loop}\n`)));
  expect(fixture.lines.filter((line) => line.startsWith("Stdout")).map((line) => line.slice(8))).toEqual(
    expected,
  );
});

it.each([
  ["Abort", false, "First"],
  ["Continue", true, "First"],
  ["Ignore", true, undefined],
])("after a failure with onFailure %s", async (onFailure, goesOn, failedStep) => {
  const steps = `${bash("First", "exit 1", `  onFailure: ${onFailure}\n`)}\n${bash("Second", "echo second")}`;
  const failure = await fixture.run(documentOf(steps));
  expect(failure?.step).toBe(failedStep);
  expect(fixture.lines.includes("Stdout: second")).toBe(goesOn);
});

it("tries a step as often as it may", async () => {
  const failure = await fixture.run(
    documentOf(bash("Flaky", "echo x >> /srv/tries; [ $(wc -l < /srv/tries) -ge 3 ]", "  maxAttempts: 3\n")),
  );
  expect(failure).toBeUndefined();
  expect(await fixture.read("/srv/tries")).toBe("x\nx\nx\n");
});

it.each([
  ["runs", "{ stringEquals: a, value: A }", true],
  ["skips", "{ stringEquals: a, value: b }", false],
  ["runs", "{ stringEquals: a, value: b, else: Execute }", true],
  ["skips", "[{ numberLessThan: 5, value: '3', then: Skip }]", false],
])("%s a step with the condition %s", async (_verb, condition, runs) => {
  expect(await fixture.run(documentOf(bash("Maybe", "echo it ran", `  if: ${condition}\n`)))).toBeUndefined();
  expect(fixture.lines.includes("Stdout: it ran")).toBe(runs);
});

import { runCommand } from "../../cli/run-command";
import { UserError } from "../../cli/user-error";

let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(console, "error").mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = 0;
});

describe("a command", () => {
  test.each([
    [undefined, 0],
    [0, 0],
    [3, 3],
  ])("that answers %j exits with %i", async (answer, code) => {
    await runCommand(() => Promise.resolve(answer));
    expect(process.exitCode).toBe(code);
  });
  test("prints a user's mistake without a stack", async () => {
    await runCommand(() => Promise.reject(new UserError("no such thing")));
    expect([process.exitCode, printed]).toEqual([1, ["error: no such thing"]]);
  });
  test("prints what AWS answers without a stack", async () => {
    const denied = Object.assign(new Error("not authorized"), { name: "AccessDenied", $metadata: {} });
    await runCommand(() => Promise.reject(denied));
    expect([process.exitCode, printed]).toEqual([1, ["error: AccessDenied: not authorized"]]);
  });
  test("keeps the stack of a bug", async () => {
    await expect(runCommand(() => Promise.reject(new TypeError("bug")))).rejects.toThrow("bug");
    expect(process.exitCode).toBe(1);
  });
});

import { UserError } from "../../cli/user-error";
import { parseArguments } from "../../rehearsal/arguments";

it.each([
  [[], { keep: false, stop: false }],
  [["--keep"], { keep: true, stop: false }],
  [["--stop"], { keep: false, stop: true }],
  [["--drill", "all"], { keep: false, stop: false, drill: ["all"] }],
  [["--drill", "one", "--drill", "two", "--keep"], { keep: true, stop: false, drill: ["one", "two"] }],
  [
    ["--drill", "rollback", "--keep", "--drill=cancel"],
    { keep: true, stop: false, drill: ["rollback", "cancel"] },
  ],
])("reads %j", (args, expected) => {
  expect(parseArguments(args)).toEqual(expected);
});

it.each([
  [["--keep", "--stop"], /^--keep and --stop exclude each other; allowed: --keep, --stop, --drill NAME$/],
  [["--drill", "all", "--stop"], /^--drill and --stop exclude each other; allowed/],
  [["--drill"], /--drill.* argument missing; allowed/],
  [["--drill", "all", "--stop"], /^--drill and --stop exclude each other; allowed: /],
  [["--drill"], /--drill.*; allowed: /],
  [["--fast"], /--fast.*; allowed: --keep, --stop, --drill NAME$/],
  [["staging"], /staging.*; allowed: --keep, --stop, --drill NAME$/],
])("refuses %j and says what is allowed", (args, message) => {
  expect(() => parseArguments(args)).toThrow(UserError);
  expect(() => parseArguments(args)).toThrow(message);
});

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { StandIn } from "./stand-in";

/** For hosts that have no sha256sum of their own: prints sums, and checks a list with -c. */
export const sha256sum: StandIn = (arguments_, machine) => {
  const check = arguments_.includes("-c") || arguments_.includes("--check");
  const files = arguments_.filter((word) => !word.startsWith("-") || word === "-");
  let code = 0;
  for (const file of files.length > 0 ? files : ["-"])
    try {
      if (!check) machine.out(`${sum(file)}  ${file}\n`);
      else
        for (const line of readFileSync(file === "-" ? 0 : file, "utf8")
          .trim()
          .split("\n")) {
          const [expected = "", name = ""] = line.split(/ [ *]/);
          const good = sum(name) === expected;
          machine.out(`${name}: ${good ? "OK" : "FAILED"}\n`);
          if (!good) code = 1;
        }
    } catch {
      machine.err(`sha256sum: ${file}: No such file or directory\n`);
      code = 1;
    }
  return code;
};

const sum = (file: string): string =>
  createHash("sha256")
    .update(readFileSync(file === "-" ? 0 : file))
    .digest("hex");

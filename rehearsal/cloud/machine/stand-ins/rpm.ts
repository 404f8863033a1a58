import { readOptions, UnknownOption } from "./options";
import { installedPackages } from "./packages";
import type { StandIn } from "./stand-in";

/** rpm as a question: is a package installed? */
export const rpm: StandIn = (arguments_, machine) => {
  try {
    const { given, words } = readOptions(arguments_, {
      "-q": { name: "query" },
      "--query": { name: "query" },
      "-a": { name: "all" },
      "--all": { name: "all" },
      "--quiet": { name: "quiet" },
    });
    if (!given.has("query")) {
      machine.err("RPM version 4.16.1.3\nonly --query is played here\n");
      return 1;
    }
    const present = installedPackages(machine.root);
    if (given.has("all")) {
      machine.out(present.map((name) => `${name}\n`).join(""));
      return 0;
    }
    if (words.length === 0) {
      machine.err("rpm: no arguments given for query\n");
      return 1;
    }
    const missing = words.filter((name) => !present.includes(name));
    for (const name of words)
      machine.out(present.includes(name) ? `${name}\n` : `package ${name} is not installed\n`);
    return missing.length;
  } catch (error) {
    if (!(error instanceof UnknownOption)) throw error;
    machine.err(`rpm: ${error.message}: unknown option\n`);
    return 1;
  }
};

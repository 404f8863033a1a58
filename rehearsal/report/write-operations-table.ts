import { readFileSync, writeFileSync } from "node:fs";
import { runCommand } from "../../cli/run-command";
import { operationsTable, withTable } from "./operations-table";
import { servedServices } from "./served-services";

/** Writes the table of served operations into rehearsal/README.md. */
void runCommand(async () => {
  const file = "rehearsal/README.md";
  writeFileSync(file, withTable(readFileSync(file, "utf8"), operationsTable(await servedServices())));
});

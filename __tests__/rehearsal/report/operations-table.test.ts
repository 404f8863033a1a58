import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../../../rehearsal/cloud/api/service";
import { differences } from "../../../rehearsal/report/differences";
import { markers, operationsTable, withTable } from "../../../rehearsal/report/operations-table";
import { servedServices } from "../../../rehearsal/report/served-services";

const document = readFileSync(join(__dirname, "../../../rehearsal/README.md"), "utf8");

it("finds in the README exactly what the code serves", async () => {
  expect(withTable(document, operationsTable(await servedServices()))).toBe(document);
});

it("says how every served service differs, and speaks of no other", async () => {
  const names = (await servedServices()).map(({ name }) => name);
  expect(Object.keys(differences).sort()).toEqual([...names].sort());
});

it("serves only operations that the service's model has", async () => {
  const unknown = (await servedServices()).flatMap(({ name, model, operations }) =>
    Object.keys(operations)
      .filter((operation) => !(operation in model.operations))
      .map((operation) => `${name}:${operation}`),
  );
  expect(unknown).toEqual([]);
});

it("refuses a service of which nobody has said how it differs", () => {
  const model = {
    metadata: { serviceFullName: "Amazon New" },
    operations: {},
  } as unknown as Service["model"];
  expect(() => operationsTable([{ name: "new", model, operations: {} }])).toThrow(
    "rehearsal/report/differences.ts does not say how new differs",
  );
});

it("refuses a document without a place for the table", () => {
  expect(() => withTable(`${markers.begin}\n`, "table")).toThrow("the document lacks the lines");
});

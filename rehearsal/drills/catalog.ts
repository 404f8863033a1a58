import { UserError } from "../../cli/user-error";
import { answers500 } from "./answers-500";
import { approvalRejected } from "./approval-rejected";
import { artifactChanged } from "./artifact-changed";
import { destroyWhileBaking } from "./destroy-while-baking";
import type { Drill } from "./drill";
import { fleetStopped } from "./fleet-stopped";
import { functionKilled } from "./function-killed";
import { goodRelease } from "./good-release";
import { imageTestFails } from "./image-test-fails";
import { instanceDies } from "./instance-dies";
import { neverReady } from "./never-ready";
import { rollbackByHand } from "./rollback-by-hand";
import { threeCommits } from "./three-commits";
import { wrongSettings } from "./wrong-settings";

export const drills: readonly Drill[] = [
  goodRelease,
  neverReady,
  answers500,
  instanceDies,
  artifactChanged,
  imageTestFails,
  threeCommits,
  fleetStopped,
  rollbackByHand,
  functionKilled,
  wrongSettings,
  // it deploys the pipeline anew, twice
  approvalRejected,
  destroyWhileBaking,
];

/** Drills by their names, in the catalog's order and each once. @throws UserError that lists the names */
export function selectDrills(names: readonly string[]): readonly Drill[] {
  const known = drills.map(({ name }) => name);
  const unknown = names.filter((name) => name !== "all" && !known.includes(name));
  if (unknown.length > 0)
    throw new UserError(`no drill is named "${unknown.join('", "')}"; allowed: all, ${known.join(", ")}`);
  return names.includes("all") ? drills : drills.filter(({ name }) => names.includes(name));
}

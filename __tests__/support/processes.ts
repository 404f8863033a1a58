import { spawnSync } from "node:child_process";

/** Has a process, or with its negative id a group of them, ended? What was killed may wait as a zombie for its adopter. */
export function isGone(id: number): boolean {
  const { stdout } = spawnSync("ps", ["-A", "-o", `${id < 0 ? "pgid" : "pid"}=,stat=`], { encoding: "utf8" });
  return !new RegExp(`^ *${Math.abs(id)} +[^Z ]`, "m").test(stdout);
}

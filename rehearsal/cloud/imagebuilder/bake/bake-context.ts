import type { Cloud } from "../../cloud";
import type { ParentImage } from "../parent-image";
import type { ImageRecord, RecipeRecord } from "../store";
import type { BakeLog } from "./bake-log";
import type { Baker } from "./baker";

/** What the steps of one bake share. */
export interface BakeContext {
  readonly baker: Baker;
  readonly cloud: Cloud;
  readonly image: ImageRecord;
  readonly recipe: RecipeRecord;
  readonly parent: ParentImage;
  readonly log: BakeLog;
  /** Holds the machines' disks while the bake lasts. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

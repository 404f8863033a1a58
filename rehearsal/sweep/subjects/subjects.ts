import type { Lab } from "../lab";
import type { Subject } from "../subject";
import { announceFailure } from "./announce-failure";
import { bakeImage } from "./bake-image";
import { cleanUp } from "./clean-up";
import { prepareImage } from "./prepare-image";
import { prepareRelease } from "./prepare-release";
import { rollOuts } from "./roll-out";
import { version } from "./version";
import { withdrawRelease } from "./withdraw-release";

/** Every function, in every situation in which it calls something that it does not call in another. */
export const subjectsOf = (lab: Lab): readonly Subject[] => [
  version(lab),
  prepareImage(lab),
  bakeImage(lab),
  prepareRelease(lab),
  ...rollOuts(lab),
  withdrawRelease(lab),
  announceFailure(lab),
  cleanUp(lab),
];

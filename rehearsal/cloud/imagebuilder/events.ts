import type { Cloud } from "../cloud";
import type { ImageStateRecord } from "./store";

/** https://docs.aws.amazon.com/imagebuilder/latest/userguide/integ-eventbridge.html */
export function emitStateChange(
  cloud: Cloud,
  arn: string,
  previous: ImageStateRecord,
  state: ImageStateRecord,
): void {
  cloud.emit({
    source: "aws.imagebuilder",
    detailType: "EC2 Image Builder Image State Change",
    resources: [arn],
    detail: { "previous-state": shown(previous), state: shown(state) },
  });
}

const shown = ({ status, reason }: ImageStateRecord): Record<string, string> => ({
  status,
  ...(reason === undefined ? {} : { reason }),
});

import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { Clock } from "../instances/clock";
import { every } from "../instances/every";
import type { Instances } from "../instances/instances";
import type { TargetGroups } from "../loadbalancing/target-groups";
import { AlarmWatch } from "./alarm-watch";
import { Fleet } from "./fleet";
import type { Group } from "./group";
import { GroupControl } from "./group-control";
import { GroupStore } from "./group-store";
import { groupOperations } from "./operations/groups";
import { instanceOperations } from "./operations/instances";
import { processOperations } from "./operations/processes";
import { readOperations } from "./operations/reads";
import { refreshOperations } from "./operations/refreshes";
import { tagOperations } from "./operations/tags";
import { trafficSourceOperations } from "./operations/traffic-sources";
import { ScalingEvents } from "./scaling-events";

export interface AutoScalingSettings {
  readonly cloud: Cloud;
  /** The API model `autoscaling`. */
  readonly model: ApiModel;
  readonly clock: Clock;
  readonly instances: Instances;
  readonly targetGroups: TargetGroups;
}

/** How often a group is compared with what it should be. */
const stepMilliseconds = 200;

/** EC2 Auto Scaling over machines that really run. */
export function autoScaling(settings: AutoScalingSettings): CloudPart {
  const { cloud, model, clock, instances, targetGroups } = settings;
  const store = new GroupStore(cloud);
  const events = new ScalingEvents(cloud);
  const fleet = new Fleet({ cloud, clock, instances, targetGroups, events });
  const alarms = new AlarmWatch(cloud.backend.cloudWatch);
  const control = new GroupControl({
    cloud,
    health: { instances, targetGroups, clock },
    fleet,
    alarms,
    events,
  });
  const loops = new Set<Promise<void>>();

  const start = (group: Group): void => {
    const gone = new AbortController();
    const loop = every(
      stepMilliseconds,
      AbortSignal.any([cloud.signal, gone.signal]),
      async () => {
        await control.step(group);
        if (!group.deleting || group.instances.size > 0) return;
        if (store.find(group.name) === group) store.remove(group);
        gone.abort();
      },
      (error) =>
        cloud.log("autoscaling", `${group.name}: ${error instanceof Error ? error.message : String(error)}`),
    );
    loops.add(loop);
    void loop.then(() => loops.delete(loop));
  };

  return {
    services: [
      {
        name: "autoscaling",
        model,
        operations: {
          ...groupOperations(cloud, store, fleet, start),
          ...instanceOperations(store, fleet, targetGroups),
          ...refreshOperations(cloud, clock, store, control),
          ...trafficSourceOperations(store, targetGroups),
          ...tagOperations(store),
          ...processOperations(store),
          ...readOperations(store),
        },
      },
    ],
    async close() {
      await Promise.all(loops);
      await fleet.close();
    },
  };
}

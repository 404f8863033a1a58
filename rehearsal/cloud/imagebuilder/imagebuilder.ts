import type { ApiModel } from "../api/model";
import type { Cloud, CloudPart } from "../cloud";
import type { Authorizer } from "../gateway/authorizer";
import type { MachineImages } from "../machine/machine-images";
import { Arns } from "./arns";
import { Baker } from "./bake/baker";
import { ClientTokens } from "./client-tokens";
import { componentOperations } from "./operations/components";
import { distributionOperations } from "./operations/distributions";
import { imageOperations } from "./operations/images";
import { infrastructureOperations } from "./operations/infrastructures";
import { lifecyclePolicyOperations } from "./operations/lifecycle-policies";
import { pipelineOperations } from "./operations/pipelines";
import { recipeOperations } from "./operations/recipes";
import { tagOperations } from "./operations/tags";
import type { ServiceContext } from "./service-context";
import { ImageBuilderStore } from "./store";

export interface ImageBuilderSettings {
  readonly cloud: Cloud;
  readonly model: ApiModel;
  readonly authorizer: Authorizer;
  /** Where baked images go, and where the fleet finds them. */
  readonly images: MachineImages;
}

/** EC2 Image Builder: its resources, and images baked by really carrying out their component documents. */
export function imageBuilder(settings: ImageBuilderSettings): CloudPart {
  const { cloud, model, authorizer, images } = settings;
  const store = new ImageBuilderStore();
  const arns = new Arns(cloud);
  const baker = new Baker(cloud, store, arns, images, authorizer);
  const context: ServiceContext = { cloud, store, arns, tokens: new ClientTokens(), baker };
  return {
    services: [
      {
        name: "imagebuilder",
        model,
        answersWithRecords: true,
        operations: {
          ...componentOperations(context),
          ...recipeOperations(context),
          ...infrastructureOperations(context),
          ...distributionOperations(context),
          ...pipelineOperations(context),
          ...imageOperations(context),
          ...lifecyclePolicyOperations(context),
          ...tagOperations(context),
        },
      },
    ],
    close: () => baker.close(),
  };
}

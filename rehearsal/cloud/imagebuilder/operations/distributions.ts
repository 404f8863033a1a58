import type {
  CreateDistributionConfigurationRequest,
  CreateDistributionConfigurationResponse,
  DeleteDistributionConfigurationRequest,
  DeleteDistributionConfigurationResponse,
  Distribution,
  GetDistributionConfigurationRequest,
  GetDistributionConfigurationResponse,
  ListDistributionConfigurationsRequest,
  ListDistributionConfigurationsResponse,
  UpdateDistributionConfigurationRequest,
  UpdateDistributionConfigurationResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { listed } from "../listing";
import { creating, reading } from "../permissions";
import { invalidValue } from "../resources";
import type { ServiceContext } from "../service-context";

/** The service's own limit for a distribution; it can't be set. */
const timeoutMinutes = 720;

export function distributionOperations({ store, arns, tokens }: ServiceContext) {
  const create: Operation<CreateDistributionConfigurationRequest, CreateDistributionConfigurationResponse> = {
    permissions: ({ name, tags }) =>
      creating("CreateDistributionConfiguration", arns.distribution(name!), tags),
    run: (input) =>
      tokens.once("CreateDistributionConfiguration", input, () => {
        const { clientToken, name, tags, ...settings } = input;
        check(settings.distributions!);
        const arn = arns.distribution(name!);
        const dateCreated = new Date().toISOString();
        store.distributions.add({
          ...settings,
          arn,
          name: name!,
          dateCreated,
          timeoutMinutes,
          tags: { ...tags },
        });
        return { clientToken, distributionConfigurationArn: arn };
      }),
  };

  const update: Operation<UpdateDistributionConfigurationRequest, UpdateDistributionConfigurationResponse> = {
    permissions: (input) => reading("UpdateDistributionConfiguration", input.distributionConfigurationArn!),
    run: (input) =>
      tokens.once("UpdateDistributionConfiguration", input, () => {
        const { clientToken, distributionConfigurationArn, ...settings } = input;
        const { arn, name, dateCreated, tags } = store.distributions.get(distributionConfigurationArn!);
        check(settings.distributions!);
        const dateUpdated = new Date().toISOString();
        store.distributions.replace({
          ...settings,
          arn,
          name,
          dateCreated,
          dateUpdated,
          timeoutMinutes,
          tags,
        });
        return { clientToken, distributionConfigurationArn };
      }),
  };

  const get: Operation<GetDistributionConfigurationRequest, GetDistributionConfigurationResponse> = {
    permissions: (input) => reading("GetDistributionConfiguration", input.distributionConfigurationArn!),
    run: (input) => ({
      distributionConfiguration: store.distributions.get(input.distributionConfigurationArn!),
    }),
  };

  const remove: Operation<DeleteDistributionConfigurationRequest, DeleteDistributionConfigurationResponse> = {
    permissions: (input) => reading("DeleteDistributionConfiguration", input.distributionConfigurationArn!),
    run({ distributionConfigurationArn: arn }) {
      const used = store.pipelines.all().some((pipeline) => pipeline.distributionConfigurationArn === arn);
      store.distributions.remove(arn!, used);
      return { distributionConfigurationArn: arn };
    },
  };

  const list: Operation<ListDistributionConfigurationsRequest, ListDistributionConfigurationsResponse> = {
    permissions: () => reading("ListDistributionConfigurations", "*"),
    run(input) {
      const { items, next } = listed(store.distributions.all(), input);
      const summaries = items.map((item) => ({
        ...item,
        regions: item.distributions?.map(({ region }) => region!),
      }));
      return { distributionConfigurationSummaryList: summaries, nextToken: next };
    },
  };

  return {
    CreateDistributionConfiguration: create,
    UpdateDistributionConfiguration: update,
    GetDistributionConfiguration: get,
    DeleteDistributionConfiguration: remove,
    ListDistributionConfigurations: list,
  };
}

function check(distributions: readonly Distribution[]): void {
  const regions = distributions.map(({ region }) => region!);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice) throw invalidValue("distributions", `The region '${twice}' occurs more than once.`);
  for (const distribution of distributions)
    if (!distribution.amiDistributionConfiguration && distribution.containerDistributionConfiguration)
      throw new ServiceError("InvalidParameterCombinationException", "Containers can't be distributed here.");
}

import type {
  CreateInfrastructureConfigurationRequest,
  CreateInfrastructureConfigurationResponse,
  DeleteInfrastructureConfigurationRequest,
  DeleteInfrastructureConfigurationResponse,
  GetInfrastructureConfigurationRequest,
  GetInfrastructureConfigurationResponse,
  ListInfrastructureConfigurationsRequest,
  ListInfrastructureConfigurationsResponse,
  UpdateInfrastructureConfigurationRequest,
  UpdateInfrastructureConfigurationResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation, Permission } from "../../api/service";
import { roleOfProfile } from "../instance-profile";
import { listed } from "../listing";
import { creating, passRole, reading } from "../permissions";
import type { ServiceContext } from "../service-context";

export function infrastructureOperations({ cloud, store, arns, tokens }: ServiceContext) {
  /** The instance profile's role is handed to EC2, and the topic is written to. */
  const handedOver = async (profile: string, topic: string | undefined): Promise<Permission[]> => [
    passRole(await roleOfProfile(cloud, profile), "ec2.amazonaws.com"),
    ...(topic ? [{ action: "sns:Publish", resource: topic }] : []),
  ];

  const create: Operation<
    CreateInfrastructureConfigurationRequest,
    CreateInfrastructureConfigurationResponse
  > = {
    permissions: async ({ name, tags, instanceProfileName, snsTopicArn }) => [
      ...creating("CreateInfrastructureConfiguration", arns.infrastructure(name!), tags),
      ...(await handedOver(instanceProfileName!, snsTopicArn)),
    ],
    run: (input) =>
      tokens.once("CreateInfrastructureConfiguration", input, () => {
        const { clientToken, name, tags, ...settings } = input;
        const arn = arns.infrastructure(name!);
        const dateCreated = new Date().toISOString();
        store.infrastructures.add({ ...settings, arn, name: name!, dateCreated, tags: { ...tags } });
        return { clientToken, infrastructureConfigurationArn: arn };
      }),
  };

  const update: Operation<
    UpdateInfrastructureConfigurationRequest,
    UpdateInfrastructureConfigurationResponse
  > = {
    permissions: async ({ infrastructureConfigurationArn, instanceProfileName, snsTopicArn }) => [
      ...reading("UpdateInfrastructureConfiguration", infrastructureConfigurationArn!),
      ...(await handedOver(instanceProfileName!, snsTopicArn)),
    ],
    run: (input) =>
      tokens.once("UpdateInfrastructureConfiguration", input, () => {
        const { clientToken, infrastructureConfigurationArn, ...settings } = input;
        const { arn, name, dateCreated, tags } = store.infrastructures.get(infrastructureConfigurationArn!);
        store.infrastructures.replace({
          ...settings,
          arn,
          name,
          dateCreated,
          tags,
          dateUpdated: new Date().toISOString(),
        });
        return { clientToken, infrastructureConfigurationArn };
      }),
  };

  const get: Operation<GetInfrastructureConfigurationRequest, GetInfrastructureConfigurationResponse> = {
    permissions: (input) => reading("GetInfrastructureConfiguration", input.infrastructureConfigurationArn!),
    run: (input) => ({
      infrastructureConfiguration: store.infrastructures.get(input.infrastructureConfigurationArn!),
    }),
  };

  const remove: Operation<
    DeleteInfrastructureConfigurationRequest,
    DeleteInfrastructureConfigurationResponse
  > = {
    permissions: (input) =>
      reading("DeleteInfrastructureConfiguration", input.infrastructureConfigurationArn!),
    run({ infrastructureConfigurationArn: arn }) {
      const used = store.pipelines.all().some((pipeline) => pipeline.infrastructureConfigurationArn === arn);
      store.infrastructures.remove(arn!, used);
      return { infrastructureConfigurationArn: arn };
    },
  };

  const list: Operation<ListInfrastructureConfigurationsRequest, ListInfrastructureConfigurationsResponse> = {
    permissions: () => reading("ListInfrastructureConfigurations", "*"),
    run(input) {
      const { items, next } = listed(store.infrastructures.all(), input);
      return { infrastructureConfigurationSummaryList: items, nextToken: next };
    },
  };

  return {
    CreateInfrastructureConfiguration: create,
    UpdateInfrastructureConfiguration: update,
    GetInfrastructureConfiguration: get,
    DeleteInfrastructureConfiguration: remove,
    ListInfrastructureConfigurations: list,
  };
}

import type {
  CancelImageCreationRequest,
  CancelImageCreationResponse,
  CreateImageRequest,
  CreateImageResponse,
  DeleteImageRequest,
  DeleteImageResponse,
  GetImageRequest,
  GetImageResponse,
  ImageVersion,
  ListImageBuildVersionsRequest,
  ListImageBuildVersionsResponse,
  ListImagesRequest,
  ListImagesResponse,
} from "@aws-sdk/client-imagebuilder";
import type { Operation } from "../../api/service";
import { ServiceError } from "../../api/service-error";
import { checkImageSettings, imageSettingPermissions, withTestDefaults } from "../image-settings";
import { imageSummary } from "../image-summary";
import { listed, ownedBySelf } from "../listing";
import { isManagedImage, managedImage, managedImageNames } from "../managed-images";
import { creating, reading } from "../permissions";
import type { ServiceContext } from "../service-context";
import { isFinal } from "../store";

export function imageOperations(context: ServiceContext) {
  const { cloud, store, arns, tokens, baker } = context;

  const create: Operation<CreateImageRequest, CreateImageResponse> = {
    permissions(input) {
      checkImageSettings(store, input);
      const recipe = store.recipe(input.imageRecipeArn!);
      const arn = arns.image(recipe.name, recipe.version!, baker.nextBuild(recipe));
      return [...creating("CreateImage", arn, input.tags), ...imageSettingPermissions(arns, store, input)];
    },
    run: (input) =>
      tokens.once("CreateImage", input, () => {
        checkImageSettings(store, input);
        const { arn } = baker.start({
          ...input,
          imageTestsConfiguration: withTestDefaults(input.imageTestsConfiguration),
          sourcePipeline: undefined,
          tags: { ...input.tags },
        });
        return { clientToken: input.clientToken, imageBuildVersionArn: arn };
      }),
  };

  const get: Operation<GetImageRequest, GetImageResponse> = {
    permissions: ({ imageBuildVersionArn: arn }) =>
      reading("GetImage", isManagedImage(arn!) ? managedImage(cloud, arn!).arn : store.image(arn!).arn),
    run: ({ imageBuildVersionArn: arn }) => ({
      image: isManagedImage(arn!) ? managedImage(cloud, arn!) : store.image(arn!),
    }),
  };

  const cancel: Operation<CancelImageCreationRequest, CancelImageCreationResponse> = {
    permissions: ({ imageBuildVersionArn }) => reading("CancelImageCreation", imageBuildVersionArn!),
    run: (input) =>
      tokens.once("CancelImageCreation", input, () => {
        const image = store.images.get(input.imageBuildVersionArn!);
        if (isFinal(image.state.status))
          throw new ServiceError(
            "ResourceInUseException",
            `The image '${image.arn}' is ${image.state.status}; only an image in creation can be cancelled.`,
          );
        image.cancel.abort();
        return { clientToken: input.clientToken, imageBuildVersionArn: image.arn };
      }),
  };

  /** The AMIs stay, as on AWS. */
  const remove: Operation<DeleteImageRequest, DeleteImageResponse> = {
    permissions: ({ imageBuildVersionArn }) => reading("DeleteImage", imageBuildVersionArn!),
    run({ imageBuildVersionArn: arn }) {
      const image = store.images.get(arn!);
      store.images.remove(arn!, !isFinal(image.state.status));
      return { imageBuildVersionArn: arn };
    },
  };

  const list: Operation<ListImagesRequest, ListImagesResponse> = {
    permissions: () => reading("ListImages", "*"),
    run(input) {
      const versions = new Map<string, ImageVersion>();
      const own = ownedBySelf(input.owner) ? store.images.all() : [];
      const managed = input.owner === "Amazon" ? managedImageNames().map((name) => managedVersion(name)) : [];
      const shown = own.filter(
        ({ state }) => input.includeDeprecated === true || state.status !== "DEPRECATED",
      );
      for (const image of [...shown.map(imageSummary), ...managed]) {
        const arn = image.arn!.replace(/\/\d+$/, "");
        versions.set(arn, { ...image, arn, version: image.version!.split("/")[0] });
      }
      const { items, next } = listed([...versions.values()], input);
      return { imageVersionList: items, nextToken: next };
    },
  };

  const managedVersion = (name: string) =>
    managedImage(cloud, `arn:${cloud.partition}:imagebuilder:${cloud.region}:aws:image/${name}/x.x.x`);

  const listBuilds: Operation<ListImageBuildVersionsRequest, ListImageBuildVersionsResponse> = {
    permissions: ({ imageVersionArn }) => reading("ListImageBuildVersions", `${imageVersionArn ?? "*"}/*`),
    run(input) {
      const builds = store.images
        .all()
        .filter(
          ({ arn }) => input.imageVersionArn === undefined || arn.startsWith(`${input.imageVersionArn}/`),
        );
      const { items, next } = listed(builds.map(imageSummary), input);
      return { imageSummaryList: items, nextToken: next };
    },
  };

  return {
    CreateImage: create,
    GetImage: get,
    CancelImageCreation: cancel,
    DeleteImage: remove,
    ListImages: list,
    ListImageBuildVersions: listBuilds,
  };
}

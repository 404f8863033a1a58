import { Construct } from "constructs";
import { bakeImageFunction, prepareImageFunction, versionFunction } from "../../contract/functions";
import type { Repository } from "../source/repository";
import type { EncryptionKey } from "../shared/encryption-key";
import type { FunctionBundles } from "../shared/function-bundles";
import { PipelineFunction } from "../shared/pipeline-function";
import { noBaseImage } from "../../contract/base-image";
import type { BaseImage } from "./base-image";
import type { BaseImagePipeline } from "./base-image-pipeline";
import type { ImagePipeline } from "./image-pipeline";
import type { VersionCounter } from "./version-counter";

export interface ImageFunctionsProps {
  readonly applicationName: string;
  readonly functionNames: {
    readonly version: string;
    readonly prepareImage: string;
    readonly bakeImage: string;
  };
  readonly versionLine: string;
  readonly componentName: string;
  readonly componentArns: string;
  readonly recipeName: string;
  readonly recipeArns: string;
  readonly versionCounter: VersionCounter;
  readonly repository: Repository;
  readonly baseImage: BaseImage;
  /** Undefined: every release bakes the whole. */
  readonly baseImagePipeline: BaseImagePipeline | undefined;
  readonly imagePipeline: ImagePipeline;
  readonly bundles: FunctionBundles;
  readonly key: EncryptionKey;
}

/** The functions that make an image of a release. */
export class ImageFunctions extends Construct {
  readonly version: PipelineFunction<typeof versionFunction>;
  readonly prepareImage: PipelineFunction<typeof prepareImageFunction>;
  readonly bakeImage: PipelineFunction<typeof bakeImageFunction>;

  constructor(scope: Construct, id: string, props: ImageFunctionsProps) {
    super(scope, id);
    this.version = this.makeVersion(props);
    this.prepareImage = this.makePrepareImage(props);
    this.bakeImage = this.makeBakeImage(props);
  }

  private makeVersion(props: ImageFunctionsProps) {
    const version = new PipelineFunction(this, "Version", {
      contract: versionFunction,
      functionName: props.functionNames.version,
      description: "draws the version of a release",
      failsInDrill: "wrong-settings",
      environment: { VERSION_PARAMETER: props.versionCounter.parameterName, VERSION_LINE: props.versionLine },
      bundles: props.bundles,
      key: props.key,
    });
    props.versionCounter.grantDraw(version);
    return version;
  }

  private makePrepareImage(props: ImageFunctionsProps) {
    const prepareImage = new PipelineFunction(this, "PrepareImage", {
      contract: prepareImageFunction,
      functionName: props.functionNames.prepareImage,
      description: "makes the component version and the recipe version of a release",
      failsInDrill: "wrong-settings",
      environment: {
        APPLICATION: props.applicationName,
        BASE_RECIPE_ARN: props.baseImage.recipeArn,
        BASE_IMAGE_VERSION_ARN: props.baseImagePipeline?.imageVersionArn ?? noBaseImage,
        COMPONENT_NAME: props.componentName,
        RECIPE_NAME: props.recipeName,
      },
      bundles: props.bundles,
      key: props.key,
      // it takes the artifact into memory, to read the component and to hash what will be baked
      timeoutSeconds: 120,
      memoryMegabytes: 1024,
    });
    props.repository.grantReadCommit(prepareImage);
    props.baseImage.grantExtend(prepareImage);
    props.baseImagePipeline?.grantFind(prepareImage);
    prepareImage.allow({
      actions: [
        "imagebuilder:CreateComponent",
        "imagebuilder:GetComponent",
        "imagebuilder:TagResource",
        // nothing half made is left behind when the recipe is refused
        "imagebuilder:DeleteComponent",
      ],
      resources: [props.componentArns],
      usedByDrill: { "imagebuilder:DeleteComponent": "wrong-settings" },
    });
    prepareImage.allow({
      actions: ["imagebuilder:CreateImageRecipe", "imagebuilder:GetImageRecipe", "imagebuilder:TagResource"],
      resources: [props.recipeArns],
    });
    return prepareImage;
  }

  private makeBakeImage(props: ImageFunctionsProps) {
    const bakeImage = new PipelineFunction(this, "BakeImage", {
      contract: bakeImageFunction,
      functionName: props.functionNames.bakeImage,
      description: "bakes the image of a release and waits for it",
      failsInDrill: "image-test-fails",
      environment: { IMAGE_PIPELINE_ARN: props.imagePipeline.arn },
      bundles: props.bundles,
      key: props.key,
    });
    props.imagePipeline.grantBake(bakeImage);
    return bakeImage;
  }
}

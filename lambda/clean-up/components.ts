import {
  DeleteComponentCommand,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  type ImagebuilderClient,
} from "@aws-sdk/client-imagebuilder";
import { allPages } from "../shared/pages";
import { isOwnedBy, ownedByOther } from "./ownership";
import type { Removal } from "./removal";

/**
 * Removes every build of every version of the components with such names: those of the releases, and the base components,
 * which Terraform leaves because recipes of releases use them.
 */
export async function removeComponents(
  imageBuilder: ImagebuilderClient,
  isOurs: (name: string) => boolean,
  application: string,
  removal: Removal,
): Promise<void> {
  // by no filter: it takes whole names, and those of base components end with what they are made of
  const versions = await allPages(
    (nextToken) => imageBuilder.send(new ListComponentsCommand({ owner: "Self", nextToken })),
    (page) => page.componentVersionList,
    (page) => page.nextToken,
  );
  for (const version of versions) {
    if (!isOurs(version.name ?? "")) continue;
    const builds = await allPages(
      (nextToken) =>
        imageBuilder.send(
          new ListComponentBuildVersionsCommand({ componentVersionArn: version.arn, nextToken }),
        ),
      (page) => page.componentSummaryList,
      (page) => page.nextToken,
    );
    for (const build of builds) {
      const thing = `component ${build.arn}`;
      if (!isOwnedBy(application, build.tags)) removal.keep(thing, ownedByOther(application, build.tags));
      else
        await removal.remove(thing, () =>
          imageBuilder.send(new DeleteComponentCommand({ componentBuildVersionArn: build.arn })),
        );
    }
  }
}

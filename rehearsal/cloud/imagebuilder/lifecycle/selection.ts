import type { LifecyclePolicyResourceSelection } from "@aws-sdk/client-imagebuilder";
import { versionParts } from "../arns";
import type { ImageBuilderStore, ImageRecord } from "../store";
import { versionPattern } from "../versions";
import type { LifecycleRole } from "./lifecycle-role";

/** States of an image that a policy may change. */
const built = ["AVAILABLE", "DEPRECATED", "DISABLED"];

/** Images that a policy is about: those with all of its tags, or those of its recipes. */
export async function selectImages(
  role: LifecycleRole,
  store: ImageBuilderStore,
  { tagMap, recipes = [] }: LifecyclePolicyResourceSelection,
): Promise<ImageRecord[]> {
  const arns = tagMap ? await byTags(role, store, tagMap) : await byRecipes(role, recipes);
  for (const arn of arns) await role.read(arn);
  return arns
    .flatMap((arn) => store.images.find(arn) ?? [])
    .filter(({ state }) => built.includes(state.status));
}

async function byTags(
  role: LifecycleRole,
  store: ImageBuilderStore,
  tagMap: Readonly<Record<string, string>>,
): Promise<string[]> {
  await role.mayFindByTags();
  return store.images
    .all()
    .filter(({ tags }) => Object.entries(tagMap).every(([key, value]) => tags[key] === value))
    .map(({ arn }) => arn);
}

async function byRecipes(
  role: LifecycleRole,
  recipes: NonNullable<LifecyclePolicyResourceSelection["recipes"]>,
): Promise<string[]> {
  const found = new Set<string>();
  for (const { name, semanticVersion } of recipes) {
    const pattern = versionPattern(semanticVersion!);
    for (const version of await role.versionsOf(name!))
      if (pattern.test(versionParts(version).version))
        for (const arn of await role.buildsOf(version)) found.add(arn);
  }
  return [...found];
}

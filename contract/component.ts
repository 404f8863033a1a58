/** Parameters of the application's Image Builder component (app-src/image/component.yml), filled in by prepare-image. */
export const componentParameters = ["ArtifactUri", "ArtifactSha256", "Version", "CommitId"] as const;

/** Where the build artifact carries the component document and the application. */
export const artifactPaths = { component: "image/component.yml", jar: "app.jar" } as const;

import { GetParameterHistoryCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { jobFailed } from "../shared/action-failure";
import { allPages } from "../shared/pages";
import type { VersionHistory } from "./draw-version";

/**
 * A parameter whose value is the execution that drew last, and whose versions are the numbers: SSM itself counts them,
 * one by one. It keeps the newest 100 and drops the oldest, unless that one is labelled: never label one.
 */
export class ParameterHistory implements VersionHistory {
  constructor(
    private readonly ssm: SSMClient,
    private readonly name: string,
  ) {}

  async drawnBy(executionId: string): Promise<number[]> {
    const versions = await allPages(
      (NextToken) =>
        this.ssm.send(new GetParameterHistoryCommand({ Name: this.name, MaxResults: 50, NextToken })),
      (page) => page.Parameters,
      (page) => page.NextToken,
    );
    return versions.flatMap(({ Value, Version }) =>
      Value === executionId && Version !== undefined ? [Version] : [],
    );
  }

  async draw(executionId: string): Promise<number> {
    const { Version } = await this.ssm.send(
      new PutParameterCommand({ Name: this.name, Value: executionId, Overwrite: true }),
    );
    if (Version === undefined) throw jobFailed(`SSM returned no version of the parameter ${this.name}`);
    return Version;
  }
}

import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ServiceError } from "../api/service-error";
import type { Cloud } from "../cloud";
import { BareRepository } from "./bare-repository";
import type { TriggerConfiguration } from "./triggers";

/** A repository as the service knows it, beside what git keeps. */
export interface RepositoryRecord {
  readonly id: string;
  name: string;
  description: string | undefined;
  defaultBranch: string | undefined;
  kmsKeyId: string;
  readonly created: Date;
  modified: Date;
  tags: Map<string, string>;
  triggers: TriggerConfiguration | undefined;
  readonly bare: BareRepository;
  /** Runs after everything that changed references before it, so that each change is seen once. */
  exclusively<T>(change: () => Promise<T>): Promise<T>;
}

export interface NewRepository {
  readonly name: string;
  readonly description: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** The repositories of the account. */
export class RepositoryStore {
  private readonly repositories = new Map<string, RepositoryRecord>();

  constructor(private readonly cloud: Cloud) {}

  arnOf(name: string): string {
    return `arn:${this.cloud.partition}:codecommit:${this.cloud.region}:${this.cloud.accountId}:${name}`;
  }

  /** The key that AWS manages for CodeCommit, used where a repository names none. */
  get managedKey(): string {
    return `arn:${this.cloud.partition}:kms:${this.cloud.region}:${this.cloud.accountId}:alias/aws/codecommit`;
  }

  all(): RepositoryRecord[] {
    return [...this.repositories.values()];
  }

  find(name: string): RepositoryRecord | undefined {
    return this.repositories.get(name);
  }

  /** @throws ServiceError RepositoryDoesNotExistException */
  get(name: string): RepositoryRecord {
    const record = this.repositories.get(name);
    if (!record) throw new ServiceError("RepositoryDoesNotExistException", `${name} does not exist`);
    return record;
  }

  /** @throws ServiceError InvalidResourceArnException, RepositoryDoesNotExistException */
  byArn(arn: string): RepositoryRecord {
    const name = arn.split(":")[5];
    if (!name || arn !== this.arnOf(name))
      throw new ServiceError(
        "InvalidResourceArnException",
        `The ARN ${arn} is not that of a repository here`,
      );
    return this.get(name);
  }

  async create({ name, description, kmsKeyId, tags }: NewRepository): Promise<RepositoryRecord> {
    this.checkFree(name);
    const id = randomUUID();
    const directory = join(this.cloud.directory, "codecommit", `${id}.git`);
    const now = new Date();
    const record: RepositoryRecord = {
      id,
      name,
      description,
      defaultBranch: undefined,
      kmsKeyId: kmsKeyId ?? this.managedKey,
      created: now,
      modified: now,
      tags: new Map(tags),
      triggers: undefined,
      bare: new BareRepository(directory, this.cloud.signal),
      exclusively: queue(),
    };
    this.repositories.set(name, record); // before the first await: the name is taken
    try {
      await mkdir(directory, { recursive: true });
      await record.bare.initialize();
    } catch (error) {
      this.repositories.delete(name);
      throw error;
    }
    return record;
  }

  rename(oldName: string, newName: string): void {
    const record = this.get(oldName);
    this.checkFree(newName);
    this.repositories.delete(oldName);
    record.name = newName;
    record.modified = new Date();
    this.repositories.set(newName, record);
  }

  async delete(name: string): Promise<RepositoryRecord | undefined> {
    const record = this.repositories.get(name);
    this.repositories.delete(name);
    await record?.exclusively(() => record.bare.delete());
    return record;
  }

  private checkFree(name: string): void {
    if (name.endsWith(".git"))
      throw new ServiceError(
        "InvalidRepositoryNameException",
        `Repository name ${name} must not end with .git`,
      );
    if (this.repositories.has(name))
      throw new ServiceError("RepositoryNameExistsException", `Repository named ${name} already exists`);
  }
}

function queue(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (change) => {
    const result = last.then(change, change);
    last = result.catch(() => undefined);
    return result;
  };
}

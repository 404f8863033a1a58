import { ServiceError } from "../api/service-error";

export interface Resource {
  readonly arn: string;
  readonly name: string;
  tags: Record<string, string>;
}

/** Resources of one kind, by ARN. */
export class Resources<T extends Resource> {
  private readonly byArn = new Map<string, T>();

  /** @param kind as the service's errors call it */
  constructor(private readonly kind: string) {}

  all(): T[] {
    return [...this.byArn.values()];
  }

  find(arn: string): T | undefined {
    return this.byArn.get(arn);
  }

  /** @throws ServiceError ResourceNotFoundException */
  get(arn: string): T {
    const found = this.byArn.get(arn);
    if (!found) throw notFound(arn);
    return found;
  }

  /** @throws ServiceError ResourceAlreadyExistsException */
  add(resource: T): T {
    if (this.byArn.has(resource.arn))
      throw new ServiceError(
        "ResourceAlreadyExistsException",
        `The following resource '${this.kind}' already exists: '${resource.arn}'.`,
      );
    this.byArn.set(resource.arn, resource);
    return resource;
  }

  replace(resource: T): void {
    this.byArn.set(resource.arn, resource);
  }

  /** @throws ServiceError ResourceNotFoundException, or ResourceDependencyException while `used` */
  remove(arn: string, used: boolean): void {
    this.get(arn);
    if (used)
      throw new ServiceError(
        "ResourceDependencyException",
        `Resource dependency error: The resource ARN '${arn}' has other resources depended on it.`,
      );
    this.byArn.delete(arn);
  }
}

export const notFound = (arn: string): ServiceError =>
  new ServiceError("ResourceNotFoundException", `The resource ARN '${arn}' does not exist.`, 404);

/** A parameter whose value the model allows and the service does not. */
export const invalidValue = (parameter: string, reason: string): ServiceError =>
  new ServiceError(
    "InvalidParameterValueException",
    `The value supplied for parameter '${parameter}' is not valid. ${reason}`,
  );

/** A resource that a request refers to and that does not exist. */
export const missingDependency = (arn: string): ServiceError =>
  new ServiceError(
    "InvalidParameterValueException",
    `Resource dependency error: The resource ARN '${arn}' does not exist.`,
  );

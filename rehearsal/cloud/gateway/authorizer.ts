import type { Call, Permission } from "../api/service";
import type { RoleCredentials } from "../cloud";

/** Decides about calls to the gateway's own services, and remembers each decision. */
export interface Authorizer {
  /** @throws ServiceError AccessDeniedException */
  authorize(call: Call, permission: Permission): Promise<void>;
  /** The same for what a service does with a role that it has assumed. @throws ServiceError AccessDeniedException */
  authorizeRole(credentials: RoleCredentials, action: string, resource: string): Promise<void>;
}

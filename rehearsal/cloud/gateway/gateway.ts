import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { dispatch } from "../api/dispatch";
import { type HttpRequest, type HttpResponse, protocolOf } from "../api/protocol";
import type { Call, Service } from "../api/service";
import { ServiceError } from "../api/service-error";
import type { HandleGit } from "../codecommit/git-http";
import { faultControl } from "../faults/fault-control";
import { ConnectionLost, type Faults } from "../faults/faults";
import { ec2Error } from "./ec2-error";
import type { Ec2Decisions } from "./ec2-decisions";
import type { Callers } from "./callers";
import { gitCaller } from "./git-callers";
import type { IamAuthorizer } from "./iam-authorizer";
import { passThrough } from "./pass-through";
import { credentialScope, type CredentialScope } from "./signature";

export interface GatewaySettings {
  readonly emulatorPort: number;
  readonly services: readonly Service[];
  readonly callers: Callers;
  readonly authorizer: IamAuthorizer;
  readonly ec2: Ec2Decisions;
  readonly accountId: string;
  /** What is no AWS API: instance metadata, the rehearsal's own questions. Undefined: not mine. */
  readonly extras: (request: HttpRequest) => Promise<HttpResponse> | undefined;
  /** git over HTTP, below /v1/repos/ */
  readonly git: HandleGit;
  readonly region: string;
  /** What goes wrong because somebody asked for it. */
  readonly faults: Faults;
  readonly log: (subject: string, text: string) => void;
}

/**
 * Services whose unserved operations the emulator has; of every other service of ours, the gateway answers all calls.
 */
const sharedServices = new Set(["elasticloadbalancing", "monitoring"]);

/** Asks the emulator to write down what it decides about a request. */
const recordHeader = "x-gateway-record";

/** The cloud's one endpoint: our own services, and the emulator behind it for everything else. */
export class Gateway {
  private readonly server: Server;
  private readonly services: ReadonlyMap<string, Service>;

  constructor(private readonly settings: GatewaySettings) {
    this.services = new Map(settings.services.map((service) => [service.name, service]));
    this.server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
    this.server.keepAliveTimeout = 75_000;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, "127.0.0.1", resolve);
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      if (incoming.url?.startsWith("/v1/repos/")) return await this.serveGit(incoming, outgoing);
      const request = await readRequest(incoming);
      const answer = request ? await this.answer(request, incoming.url ?? "/") : badRequest;
      send(outgoing, answer);
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return; // nobody waits for an answer any more
      if (error instanceof ConnectionLost) return void outgoing.destroy();
      this.settings.log(
        "defect",
        `${incoming.method} ${incoming.url}: ${error instanceof Error ? error.stack : error}`,
      );
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    }
  }

  private async serveGit(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { callers, authorizer, region, git } = this.settings;
    try {
      const caller = await gitCaller(incoming, callers, region);
      await git(incoming, outgoing, { caller, region, requestId: randomUUID() }, (call, permission) =>
        authorizer.authorize(call, permission),
      );
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const challenge = error.status === 401 ? { "www-authenticate": 'Basic realm="codecommit"' } : {};
      outgoing
        .writeHead(error.status, { "content-type": "text/plain", ...challenge })
        .end(`${error.message}\n`);
    }
  }

  private async answer(request: HttpRequest, target: string): Promise<HttpResponse> {
    const { extras, faults, callers } = this.settings;
    const extra = extras(request) ?? faultControl(faults, request);
    if (extra) return extra;
    // the emulator's own controls are not for clients
    if (/^\/_/.test(request.url.pathname)) return { status: 404, headers: {}, body: "" };
    const scope = credentialScope(request.headers, request.url);
    if (!scope || !faults.planned) return this.carryOut(request, target, scope);
    const { service: serviceName, accessKeyId } = scope;
    const service = this.services.get(serviceName);
    const token = request.headers["x-amz-security-token"] ?? "";
    const principal = () => callers.nameOf(accessKeyId, token);
    return faults.pass({ serviceName, service, request, accessKeyId, principal }, () =>
      this.carryOut(request, target, scope),
    );
  }

  private async carryOut(
    request: HttpRequest,
    target: string,
    scope: CredentialScope | undefined,
  ): Promise<HttpResponse> {
    const service = scope && this.services.get(scope.service);
    if (scope && service && this.serves(service, request)) return this.serve(service, request, scope);
    if (scope?.service === "ec2") return this.forwardToEc2(request, target, scope);
    return this.forward(request, target, scope);
  }

  private serves(service: Service, request: HttpRequest): boolean {
    if (!sharedServices.has(service.name)) return true;
    const operation = protocolOf(service.model, request).operationOf(service.model, request);
    return operation !== undefined && service.operations[operation] !== undefined;
  }

  private async serve(service: Service, request: HttpRequest, scope: CredentialScope): Promise<HttpResponse> {
    const requestId = randomUUID();
    try {
      const call: Call = {
        caller: await this.settings.callers.of(request, scope),
        region: scope.region,
        requestId,
      };
      return await dispatch(
        service,
        request,
        call,
        (asked, permission) => this.settings.authorizer.authorize(asked, permission),
        (error) =>
          this.settings.log("defect", `${service.name}: ${error instanceof Error ? error.stack : error}`),
      );
    } catch (error) {
      if (error instanceof ServiceError)
        return protocolOf(service.model, request).error(service.model, error, requestId);
      throw error;
    }
  }

  /** EC2 calls of roles and users: see Ec2Decisions. */
  private async forwardToEc2(
    request: HttpRequest,
    target: string,
    scope: CredentialScope,
  ): Promise<HttpResponse> {
    const { callers, authorizer, ec2, accountId, emulatorPort } = this.settings;
    try {
      const caller = await callers.of(request, scope);
      const permissions = caller.arn.endsWith(":root") ? undefined : await ec2.permissionsOf(request);
      if (!permissions) return await this.forward(request, target, scope);
      const call = { caller, region: scope.region, requestId: randomUUID() };
      for (const permission of permissions) await authorizer.authorize(call, permission);
      const { "x-amz-security-token": _, ...headers } = request.headers;
      const authorization = request.headers.authorization!.replace(scope.accessKeyId, accountId);
      return await passThrough(emulatorPort, { ...request, headers: { ...headers, authorization } }, target);
    } catch (error) {
      if (error instanceof ServiceError) return ec2Error(error);
      throw error;
    }
  }

  /** The emulator decides, and writes down what it decided. */
  private async forward(
    request: HttpRequest,
    target: string,
    scope: CredentialScope | undefined,
  ): Promise<HttpResponse> {
    const headers = { ...request.headers, [recordHeader]: "true" };
    const response = await passThrough(this.settings.emulatorPort, { ...request, headers }, target);
    if (scope?.service === "iam") this.settings.authorizer.forget();
    return response;
  }
}

const badRequest: HttpResponse = {
  status: 400,
  headers: { "content-type": "text/plain" },
  body: "Bad Request",
};

/** @returns undefined for a target that is no URL */
async function readRequest(incoming: IncomingMessage): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  // where it was sent to is known; what the client calls that place is not looked at
  const target = incoming.url ?? "/";
  if (!URL.canParse(target, "http://127.0.0.1")) return undefined;
  return {
    method: incoming.method ?? "GET",
    url: new URL(target, "http://127.0.0.1"),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(",") : (value ?? ""),
      ]),
    ),
    body: Buffer.concat(chunks),
  };
}

function send(outgoing: ServerResponse, response: HttpResponse): void {
  outgoing.writeHead(response.status, response.headers);
  outgoing.end(response.body);
}

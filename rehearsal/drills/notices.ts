import {
  ConfirmSubscriptionCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { ClientOptions } from "../cloud/cloud";

export interface Notice {
  readonly subject: string;
  readonly message: string;
}

interface Delivery {
  readonly Type: "SubscriptionConfirmation" | "Notification";
  readonly Token?: string;
  readonly Subject?: string;
  readonly Message: string;
}

/** Subscribes to a topic over HTTP, as a tool of a team would: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html */
export class Notices {
  readonly received: Notice[] = [];
  private readonly sns: SNSClient;
  private readonly confirmation = new EventEmitter();
  private readonly server = createServer((request, response) => {
    this.take(request).then(
      () => response.end(),
      (error: unknown) => {
        response.writeHead(500).end(String(error));
        this.confirmation.emit("error", error);
      },
    );
  });

  constructor(
    options: ClientOptions,
    private readonly topicArn: string,
  ) {
    this.sns = new SNSClient(options);
  }

  /** Listens while something happens. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    try {
      const { port } = this.server.address() as AddressInfo;
      const confirmed = once(this.confirmation, "confirmed", { signal: AbortSignal.timeout(30_000) });
      // when subscribing fails already, nobody waits for this any more
      confirmed.catch(() => undefined);
      await this.sns.send(
        new SubscribeCommand({
          TopicArn: this.topicArn,
          Protocol: "http",
          Endpoint: `http://127.0.0.1:${port}/`,
        }),
      );
      const [SubscriptionArn] = (await confirmed) as [string];
      try {
        return await work();
      } finally {
        await this.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      }
    } finally {
      this.server.closeAllConnections();
      this.server.close();
    }
  }

  private async take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const delivery = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Delivery;
    if (delivery.Type === "Notification") {
      this.received.push({ subject: delivery.Subject ?? "", message: delivery.Message });
      return;
    }
    const { SubscriptionArn } = await this.sns.send(
      new ConfirmSubscriptionCommand({ TopicArn: this.topicArn, Token: delivery.Token }),
    );
    this.confirmation.emit("confirmed", SubscriptionArn);
  }
}

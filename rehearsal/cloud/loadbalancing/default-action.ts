import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a listener does with a request by default. */
export type DefaultAction =
  | { readonly type: "forward"; readonly targetGroupArn: string }
  | {
      readonly type: "redirect";
      readonly status: number;
      readonly location: (host: string, target: string) => string;
    }
  | {
      readonly type: "fixed-response";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    };

/** The last action in order; authentication before it is not carried out. */
export function defaultAction(actions: readonly Action[]): DefaultAction | undefined {
  const action = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1);
  switch (action?.Type) {
    case "forward": {
      const targetGroupArn = action.TargetGroupArn ?? action.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn;
      return targetGroupArn ? { type: "forward", targetGroupArn } : undefined;
    }
    case "redirect": {
      const {
        Protocol = "#{protocol}",
        Host = "#{host}",
        Port = "#{port}",
        Path = "/#{path}",
        Query = "#{query}",
      } = action.RedirectConfig ?? {};
      return {
        type: "redirect",
        status: action.RedirectConfig?.StatusCode === "HTTP_301" ? 301 : 302,
        location(host, target) {
          const url = new URL(target, `http://${host}`);
          const filled = (text: string): string =>
            text
              .replaceAll("#{protocol}", "http")
              .replaceAll("#{host}", url.hostname)
              .replaceAll("#{port}", url.port || "80")
              .replaceAll("#{path}", url.pathname.slice(1))
              .replaceAll("#{query}", url.search.slice(1));
          const query = filled(Query);
          return `${filled(Protocol).toLowerCase()}://${filled(Host)}:${filled(Port)}${filled(Path)}${query ? `?${query}` : ""}`;
        },
      };
    }
    case "fixed-response": {
      const {
        StatusCode = "200",
        ContentType = "text/plain",
        MessageBody = "",
      } = action.FixedResponseConfig ?? {};
      return {
        type: "fixed-response",
        status: Number(StatusCode),
        contentType: ContentType,
        body: MessageBody,
      };
    }
    default:
      return undefined;
  }
}

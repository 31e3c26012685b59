import type { WebSocketClientOptions } from "@trpc/client";

type Encoder = NonNullable<WebSocketClientOptions["experimental_encoder"]>;

/** An answer to nobody: tRPC passes over it. */
const IGNORED = { id: null, result: { type: "stopped" } };

/**
 * JSON. What is no answer is passed over, where tRPC's own encoder would throw into the host: a
 * frame that can't be parsed (`onGarbage` is told) and the server's wish to be reconnected to.
 */
export function safeEncoder(onGarbage: () => void): Encoder {
  return {
    encode: (data) => JSON.stringify(data),
    decode: (data) => {
      const message = parse(data);
      if (message === null) onGarbage();
      return message === null || "method" in message ? IGNORED : message;
    },
  };
}

function parse(data: unknown): object | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

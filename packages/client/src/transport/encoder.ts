import type { WebSocketClientOptions } from "@trpc/client";
import { isObject } from "../local/files/isObject.ts";

type Encoder = NonNullable<WebSocketClientOptions["experimental_encoder"]>;

/** An answer to nobody: tRPC passes over it. */
const IGNORED = { id: null, result: { type: "stopped" } };

/**
 * JSON. What is no answer is passed over, where tRPC's own encoder would throw into the host: a
 * frame that holds none (`onGarbage` is told) and the server's wish to be reconnected to.
 */
export function safeEncoder(onGarbage: () => void): Encoder {
  return {
    encode: (data) => JSON.stringify(data),
    decode: (data) => {
      const message = parse(data);
      if (message && "method" in message) return IGNORED;
      if (message && isAnswer(message)) return message;
      onGarbage();
      return IGNORED;
    },
  };
}

/** What tRPC takes apart without looking. */
function isAnswer({ result, error }: Record<string, unknown>): boolean {
  return isObject(result) || (isObject(error) && typeof error.code === "number");
}

function parse(data: unknown): Record<string, unknown> | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

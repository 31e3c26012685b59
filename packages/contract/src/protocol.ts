/**
 * Version of the wire. Raise it when an older daemon would misread a newer client or the reverse;
 * test/wire holds the hash of the schemas that this number stands for.
 * 1: the plugins from before versions were told (no version header). 2: sessions and messages alone.
 * 3: this one, with tool calls and events.
 */
export const PROTOCOL_VERSION = 3;
/** The daemon takes this one too. */
export const OLDEST_PROTOCOL_VERSION = 1;

/** True for the versions that the daemon takes. */
export function isSpoken(protocol: number): boolean {
  return protocol >= OLDEST_PROTOCOL_VERSION && protocol <= PROTOCOL_VERSION;
}

/** Headers of the WebSocket upgrade; the token goes as `Authorization: Bearer`. */
export const HEADERS = {
  protocol: "x-duolog-protocol",
  clientName: "x-duolog-client",
  clientVersion: "x-duolog-client-version",
} as const;

/** Path of the WebSocket endpoint. */
export const ENDPOINT = "/trpc";

/** Client names from which a missing `source` is inferred (M1). */
export const CLIENT_NAMES = {
  opencode: "opencode-plugin",
  claudeCode: "claude-code-plugin",
} as const;

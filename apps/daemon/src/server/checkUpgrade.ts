import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ENDPOINT } from "@duolog/contract";

/** What clients on the Unix socket send: Node's `ws` the name, Bun none. */
const HOSTS = new Set(["localhost", ""]);

/** Why an upgrade is refused: for the log, never for the caller. Null where it is not. */
export function upgradeRefusal(request: IncomingMessage, token: Buffer): string | null {
  const { headers, method, url } = request;
  if (method !== "GET") return "not a GET";
  if (headers.origin !== undefined) return "has an Origin: browsers are not served";
  if (headers["sec-fetch-site"] !== undefined) return "sent by a browser";
  if (!HOSTS.has(headers.host ?? "")) return "unknown Host";
  if (url !== ENDPOINT) return "unknown path";
  if (headers.authorization === undefined) return "no token";
  if (!isToken(headers.authorization, token)) return "wrong token";
  return null;
}

/** SHA-256 of what a caller must send: digests compare in constant time, whatever their texts. */
export function tokenDigest(token: string): Buffer {
  return digest(`Bearer ${token}`);
}

function isToken(authorization: string, expected: Buffer): boolean {
  return timingSafeEqual(digest(authorization), expected);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

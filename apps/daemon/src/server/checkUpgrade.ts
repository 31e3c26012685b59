import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ENDPOINT } from "@duolog/contract";

/** What clients on the Unix socket send: Node's `ws` the name, Bun none. */
const HOSTS = new Set(["localhost", ""]);

/** Judged by their value; of two, Node would show the first only. */
const JUDGED = ["host", "authorization"];

/** Why an upgrade is refused: for the log, never for the caller. Null where it is not. */
export function upgradeRefusal(request: IncomingMessage, token: Buffer): string | null {
  const { headers, method, url } = request;
  if (method !== "GET") return "not a GET";
  if (headers.origin !== undefined) return "has an Origin: browsers are not served";
  if (headers["sec-fetch-site"] !== undefined) return "sent by a browser";
  if (!HOSTS.has(headers.host ?? "")) return "unknown Host";
  if (JUDGED.some((name) => isTwice(name, request))) return "Host or token twice";
  if (url !== ENDPOINT) return "unknown path";
  if (headers.authorization === undefined) return "no token";
  if (!isToken(headers.authorization, token)) return "wrong token";
  return null;
}

function isTwice(name: string, { rawHeaders }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  return names.filter((other) => other.toLowerCase() === name).length > 1;
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

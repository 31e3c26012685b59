import type { Found, IngestRecord } from "@duolog/contract";
import type { Part } from "../../src/stores/store.ts";

/** A part of a store; nothing is in it where nothing is said. */
export function part(id: string, more: Partial<Part> = {}): Part {
  return { id, fingerprint: `of ${id}`, writtenAt: 0, bytes: 10, read: () => [], ...more };
}

/** What a piece of a part holds. */
export function found(...records: IngestRecord[]): Found {
  return { records, unreadable: [] };
}

export const session = (id: string, more: object = {}): IngestRecord => ({
  kind: "session",
  data: { id, observedAt: T, ...more },
});
export const message = (sessionId: string, id: string, more: object = {}): IngestRecord => ({
  kind: "message",
  data: { id, sessionId, observedAt: T, ...more },
});

/** Epoch ms. */
export const T = 1_769_760_000_000;

import type { IncomingHttpHeaders } from "node:http";
import { HEADERS } from "@duolog/contract";
import type { Caller } from "@duolog/contract/server";

/** Longest name or version of a client that is taken. */
const MAX_NAME = 200;

/** Who calls. No protocol header stands for version 1; one that is no number for none that we know. */
export function callerOf(headers: IncomingHttpHeaders): Caller {
  const protocol = headers[HEADERS.protocol];
  return {
    clientName: text(headers[HEADERS.clientName]),
    clientVersion: text(headers[HEADERS.clientVersion]),
    protocol: protocol === undefined ? 1 : toVersion(String(protocol)),
  };
}

function text(value: string | string[] | undefined): string | null {
  return typeof value === "string" ? value.slice(0, MAX_NAME) : null;
}

function toVersion(value: string): number {
  return /^\d+$/.test(value) ? Number(value) : 0;
}

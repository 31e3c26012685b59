import { appendFileSync } from "node:fs";
import { expect } from "vitest";
import { LISTED } from "./listed.ts";
import { type Types, without } from "./sent.ts";

/** Where `npm run agents:latest` wants to know what was sent; then nothing is expected of it. */
const NOTES = process.env.DUOLOG_AGENTS_NOTES;

/** Expects of an agent that it sent no type that is not listed; says which. */
export function expectListed(agent: string, sent: Types): void {
  if (NOTES === undefined) {
    expect(without(sent, LISTED[agent] ?? {}), `types that ${agent} is not known to send`).toEqual(
      {},
    );
  } else {
    appendFileSync(NOTES, `${JSON.stringify({ agent, sent })}\n`);
  }
}

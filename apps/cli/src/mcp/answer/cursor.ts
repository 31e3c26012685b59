import { Failure } from "../../failure.ts";

/** Where an answer goes on: the daemon's own cursor, and how many units of the first text were told. */
export interface Position {
  cursor?: string | undefined;
  told: number;
}

/** A position as an agent gives it back. */
export function cursorOf({ cursor, told }: Position): string {
  return `${told.toString(36)}.${cursor ?? ""}`;
}

/** Throws Failure where it is none. */
export function positionOf(text: string | undefined): Position {
  if (text === undefined) return { told: 0 };
  const [, told, cursor] = /^([0-9a-z]{1,10})\.(.*)$/s.exec(text) ?? [];
  if (told === undefined) throw new Failure("the cursor is none: give the next of an answer back");
  return { cursor: cursor || undefined, told: Number.parseInt(told, 36) };
}

import { setImmediate as setImmediateCallback } from "node:timers";
import { setImmediate } from "node:timers/promises";
import type { RawData, WebSocket } from "ws";
import type { CallGate } from "./callGate.ts";
import type { Share } from "./intake.ts";
import type { ServerLimits } from "./limits.ts";
import { hasMoreParts, splitFrame } from "./splitFrame.ts";

/** Calls of one frame, and frames, that are begun at once; then other connections have their turn. */
const AT_ONCE = 20;
const FRAMES_AT_ONCE = 8;

type Listener = (data: RawData, isBinary: boolean) => void;

/**
 * Puts itself between a connection and the listener that serves its frames: a frame of many calls
 * is handed on in parts, one of more arrays, objects and commas than any calls have cuts the
 * connection, many frames few at a time, and while `limit` calls wait for their answers, or the
 * peer has not read those that it has, nothing more is read, so that a sender without measure waits
 * for itself and not for the others. `share` is told of each frame, and when it is served.
 * The function that comes back resolves when all calls that were read are begun.
 */
export function meterFrames(
  client: WebSocket,
  gate: CallGate,
  share: Share,
  limits: Pick<ServerLimits, "callsInFlight" | "frameParts">,
): () => Promise<void> {
  const { callsInFlight: limit, frameParts } = limits;
  const [serve] = client.listeners("message") as Listener[];
  if (!serve) throw new Error("nothing serves the connection");
  client.removeAllListeners("message");
  let metered = 0;
  let thisTurn = 0;
  let last: Promise<void> = Promise.resolve();

  async function handOn(parts: Iterable<Buffer>, isBinary: boolean): Promise<void> {
    for (const part of parts) {
      await gate.whenFree(limit);
      if (client.readyState !== client.OPEN) return;
      serve?.(part, isBinary);
      await setImmediate();
    }
  }

  /** A call counts as in flight only after the turn in which its frame is served. */
  function hasTurn(): boolean {
    if (thisTurn === 0) {
      setImmediateCallback(() => {
        thisTurn = 0;
      });
    }
    thisTurn++;
    return thisTurn <= FRAMES_AT_ONCE;
  }

  client.on("message", (data, isBinary) => {
    // `binaryType` is left at its default, which gives one Buffer.
    const frame = data as Buffer;
    share.finished(frame.length);
    if (hasMoreParts(frame, frameParts)) return gate.drop("a frame of too many parts");
    const parts = splitFrame(frame, AT_ONCE);
    if (metered === 0 && parts === null && gate.isFree(limit) && hasTurn()) {
      serve(frame, isBinary);
      share.served(frame.length);
      return;
    }
    metered++;
    client.pause();
    last = last
      .then(() => handOn(parts ?? [frame], isBinary))
      .finally(() => {
        share.served(frame.length);
        if (--metered === 0) client.resume();
      });
  });
  return () => last;
}

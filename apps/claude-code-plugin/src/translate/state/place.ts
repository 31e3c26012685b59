import type { Origin } from "../lines/entry.ts";

/** Whose line it is and where it stands: what is not in the line's body. */
export interface Place {
  readonly sessionId: string;
  readonly agentId: string | null;
  readonly agent: string | null;
  readonly isSidechain: boolean | null;
  /** Of the conversation that the file is of, not another's that it holds too. */
  readonly isOwn: boolean;
  readonly copiedFrom: Origin | null;
  /** Byte offset of the line. */
  readonly offset: number;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  /** The line's own time, else the latest before it (M4's time of observation), epoch ms. */
  readonly observedAt: number;
}

/** What the test tells the host. */
export type Command =
  /** The first request in a directory. */
  | { do: "open"; location: string; revision?: number }
  /** The plugin's file, or one set up before it, changed; `file` is imported in place of the entry. */
  | { do: "reload"; location: string; revision: number; file?: string }
  /** Nothing was done there for an hour. */
  | { do: "evict"; location: string }
  | { do: "publish"; events: unknown[]; slowly?: boolean }
  /** An event is published that can't be encoded. */
  | { do: "poison" }
  /** How many streams are open. */
  | { do: "streams" }
  | { do: "stop" };

/** What the host says to each command, in order. */
export type Answer = { value?: unknown } | { error: string };

/** What OpenCode 2's `ctx.event` offers of itself. */
export interface Events {
  subscribe(options: { signal: AbortSignal }): AsyncIterable<unknown>;
}

/** The events that OpenCode offers to this instance; null where it is no OpenCode 2, which offers none. */
export function eventsOf(context: unknown): Events | null {
  if (!isObject(context) || !isObject(context.event)) return null;
  const { event } = context;
  return typeof event.subscribe === "function" ? (event as unknown as Events) : null;
}

/**
 * Hears one stream of events to its end, however it comes: OpenCode's (a reload, its own end), a
 * rejection (an event that it can't encode), or the signal's. Subscribes at once, and hears once
 * `after` has come. Never rejects.
 */
export async function hear(
  events: Events,
  signal: AbortSignal,
  after: Promise<unknown>,
  take: (event: unknown) => void,
): Promise<void> {
  let stream: AsyncIterator<unknown> | undefined;
  try {
    stream = events.subscribe({ signal })[Symbol.asyncIterator]();
    const first = Promise.resolve(stream.next());
    // Until it is awaited, nobody else would see it reject.
    first.catch(() => {});
    await after;
    for (let next = await first; !next.done && !signal.aborted; next = await stream.next()) {
      take(next.value);
    }
  } catch {
    // As any other end: what was told meanwhile is in OpenCode's store.
  } finally {
    endQuietly(stream);
  }
}

/** For an OpenCode that does not heed the signal; nothing waits for it. */
function endQuietly(stream: AsyncIterator<unknown> | undefined): void {
  try {
    Promise.resolve(stream?.return?.()).catch(() => {});
  } catch {
    // It has ended.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

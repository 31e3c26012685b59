import type { LocalServer } from "./server.ts";

/** What OpenCode calls the server; an entry of the user's own of this name stays. */
const NAME = "duolog";

/**
 * Names the server in the configuration that OpenCode 1 gives to its `config` hook. Does nothing where
 * that has another shape, and never throws.
 */
export function declareIn(config: unknown, server: () => LocalServer | null): void {
  quietly(() => {
    if (!isObject(config)) return;
    const declared = config.mcp ?? {};
    if (!isObject(declared) || NAME in declared) return;
    const found = server();
    if (found) config.mcp = { ...declared, [NAME]: { ...found, enabled: true } };
  });
}

/** What OpenCode 2 offers in `ctx.mcp`. */
interface Servers {
  transform(change: (editor: Editor) => void): unknown;
}
interface Editor {
  get(name: string): unknown;
  set(name: string, server: LocalServer): void;
}

/** The same with what OpenCode 2 gives to `setup`, for each location. */
export function declareTo(
  context: unknown,
  server: (directory: string | null) => LocalServer | null,
): void {
  quietly(() => {
    const { mcp, location } = (isObject(context) ? context : {}) as {
      mcp?: Partial<Servers>;
      location?: { directory?: unknown };
    };
    if (typeof mcp?.transform !== "function") return;
    const directory = typeof location?.directory === "string" ? location.directory : null;
    const found = server(directory);
    if (found === null) return;
    const done = mcp.transform((editor) => {
      if (!editor.get(NAME)) editor.set(NAME, found);
    });
    Promise.resolve(done).catch(() => {});
  });
}

/** Without the server OpenCode works as before: it must not feel what goes wrong here. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // The record can be asked by hand all the same.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

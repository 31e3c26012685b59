import { resolveEntry } from "./resolveEntry.ts";

/** What is kept of a plugin's default export: a copy of these fields, nothing else. */
export interface Definition {
  id: string;
  setup: (context: unknown) => unknown;
}

/**
 * Imports a plugin's directory: packages/core/src/plugin/module.ts, `load`. Each revision is another
 * import; what the entry itself imports stays as it is (Node and Bun keep modules by address).
 * Undefined where the directory has no entry. @throws what OpenCode reports as a failed plugin
 */
export async function loadPlugin(
  directory: string,
  revision: number,
): Promise<Definition | undefined> {
  const entry = resolveEntry(directory);
  return entry === undefined ? undefined : importEntry(entry, revision);
}

/** The same of a file, which is then wholly new at each revision. */
export async function importEntry(entry: string, revision: number): Promise<Definition> {
  const module: unknown = await import(`${entry}?mtime=${revision}`);
  return decode((module as { default?: unknown }).default);
}

/** `Definition` of the same file, an Effect schema. */
function decode(value: unknown): Definition {
  if (typeof value === "object" && value !== null && "id" in value && "setup" in value) {
    const { id, setup } = value;
    if (typeof id === "string" && typeof setup === "function") {
      return { id, setup: setup as Definition["setup"] };
    }
  }
  throw new Error(
    "Plugin must export a default definition with an id and an effect or setup function.",
  );
}

/** A row as some version of OpenCode wrote it: columns come and go between versions. */
export type Row = Readonly<Record<string, unknown>>;

import { PassThrough, type Readable, Transform, type Writable } from "node:stream";

/** What the server behind says of itself: the results of `initialize` and `tools/list`. */
export interface Known {
  initialize: { protocolVersion: string };
  tools: object;
}

/** Revisions whose first words are those that are known; with another the server behind begins at once. */
const REVISIONS = new Set(["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]);

/** A message by its keys; its other keys are for the server behind. */
interface Said {
  id?: string | number;
  method?: string;
  params?: { protocolVersion?: string; cursor?: string };
}

/**
 * Answers what an agent asks of each server at its start, for which the agent waits, without loading the
 * SDK; the first question of another kind starts `behind`, which hears all that was said and speaks from
 * then on. Null is known where nothing is: then that begins at once.
 * @param begun what was said and answered before
 */
export function serveFront(
  input: Readable,
  output: Writable,
  known: Known | null,
  behind: (input: Readable, output: Writable) => void,
  begun: readonly string[] = [],
): void {
  const heard = [...begun];
  let answered = begun.map(parse).find((said) => said?.method === "initialize")?.id;
  let server: PassThrough | null = null;
  let rest = Buffer.alloc(0);

  function handOver(line: string): void {
    server = new PassThrough();
    behind(server, answered === undefined ? output : without(answered, output));
    for (const one of [...heard, line]) server.write(`${one}\n`);
    server.write(rest);
  }

  function take(line: string): void {
    const said = parse(line);
    const answer = known && said ? answerTo(said, known) : undefined;
    if (answer === undefined || said === null) {
      handOver(line);
      return;
    }
    if (said.method === "initialize") answered = said.id;
    if (/^(initialize|notifications\/initialized)$/.test(said.method ?? "")) heard.push(line);
    if (answer === null) return;
    output.write(`${JSON.stringify({ jsonrpc: "2.0", id: said.id, ...answer })}\n`);
  }

  input.on("data", (chunk: Buffer) => {
    if (server !== null) {
      server.write(chunk);
      return;
    }
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0 && server === null; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
      if (line.trim() !== "") take(line);
    }
  });
  input.once("end", () => server?.end());
}

/** Null is no answer, undefined one that is not known here. */
function answerTo({ id, method, params }: Said, known: Known): object | null | undefined {
  switch (method) {
    case "initialize": {
      const protocolVersion = params?.protocolVersion ?? "";
      if (id === undefined || !REVISIONS.has(protocolVersion)) return undefined;
      return { result: { ...known.initialize, protocolVersion } };
    }
    // Revision 2026-07-28 begins so; who gets no answer goes on with `initialize`.
    case "server/discover":
      return { error: { code: -32601, message: "Method not found" } };
    case "tools/list":
      return params?.cursor === undefined ? { result: known.tools } : undefined;
    case "ping":
      return { result: {} };
    case "notifications/initialized":
    case "notifications/cancelled":
      return null;
    default:
      return undefined;
  }
}

function parse(line: string): Said | null {
  try {
    const said = JSON.parse(line) as unknown;
    return typeof said === "object" && said !== null && !Array.isArray(said)
      ? (said as Said)
      : null;
  } catch {
    return null;
  }
}

/** The output less the answer to `initialize`, which was given already. */
function without(id: string | number, output: Writable): Writable {
  let rest = "";
  let isOut = false;
  const filter = new Transform({
    decodeStrings: false,
    transform(chunk, _, done) {
      if (isOut) return done(null, chunk);
      rest += String(chunk);
      const end = rest.indexOf("\n");
      if (end < 0) return done();
      const first = rest.slice(0, end + 1);
      isOut = parse(first)?.id === id;
      done(null, isOut ? rest.slice(end + 1) : rest);
      rest = "";
    },
  });
  filter.pipe(output);
  return filter;
}

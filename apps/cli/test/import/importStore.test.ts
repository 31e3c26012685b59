import type { Found, IngestRecord, ItemResult, Unreadable } from "@duolog/contract";
import { Source } from "@duolog/contract";
import { expect, test } from "vitest";
import { importStore, type Sink } from "../../src/import/importStore.ts";
import { Progress } from "../../src/import/progress.ts";
import type { Part, Store } from "../../src/stores/store.ts";
import { found, message, part, session, T } from "./parts.ts";

const ADDED: ItemResult = { ok: true, changed: true, added: true };

/** Takes everything. */
function sink(answer: ItemResult = ADDED) {
  const records: IngestRecord[] = [];
  const aside: Unreadable[] = [];
  const refused: string[] = [];
  const open: Sink = {
    add(record, answered) {
      records.push(record);
      answered(record, answer);
      return null;
    },
    putAside: (thing) => aside.push(thing),
    refused: (_, reason) => refused.push(reason),
    end: async () => {},
  };
  return { sink: open, records, aside, refused };
}

function read(
  parts: Part[],
  into: Sink,
  more: { source?: Source | null; older?: Part[]; stop?: AbortSignal } = {},
) {
  const { source = Source.claude_code, older = [], stop = new AbortController().signal } = more;
  const store: Store = {
    source,
    translator: 1,
    places: [],
    parts,
    whole: null,
    left: [],
    close() {},
  };
  const progress = new Progress(null, { sessions: parts.length, bytes: 0 }, 0);
  return importStore(store, { read: parts, unchanged: [], older }, { sink: into, progress, stop });
}

const of = (id: string, ...all: Found[]) => part(id, { read: () => all });
const made = (id: string, at: number) => session(id, { createdAt: at, updatedAt: T + 9 });

test("M2: when a session was made is told once all parts are read that name it", async () => {
  const { sink: into, records } = sink();
  await read(
    [
      of("a", found(made("a", T + 3), message("a", "m"))),
      of("b", found(made("a", T + 1), made("b", T + 2))),
    ],
    into,
  );
  expect(records).toEqual([
    session("a", { updatedAt: T + 9 }),
    message("a", "m"),
    session("a", { updatedAt: T + 9 }),
    session("b", { updatedAt: T + 9 }),
    session("a", { source: null, createdAt: T + 1, observedAt: T + 1, observedSeq: 0 }),
    session("b", { source: null, createdAt: T + 2, observedAt: T + 2, observedSeq: 0 }),
  ]);
});

test("that of a session whose own part was left out waits", async () => {
  const { sink: into, records } = sink();
  await read([of("b", found(made("a", T + 1)))], into, { older: [part("a")] });
  expect(records).toEqual([session("a", { updatedAt: T + 9 })]);
});

test("the rows of another record come as they are", async () => {
  const { sink: into, records } = sink();
  await read([of("file", found(made("a", T + 1)))], into, { source: null });
  expect(records).toEqual([made("a", T + 1)]);
});

test("a part that can't be read costs itself, and the times of its session", async () => {
  const { sink: into, records } = sink();
  const broken = part("a", {
    *read() {
      yield found(made("a", T + 1));
      throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    },
  });
  const outcome = await read([broken, of("b", found(message("b", "m")))], into);
  expect(outcome.failed).toEqual([{ part: broken, reason: "EIO: i/o error" }]);
  expect(outcome).toMatchObject({ bytesRead: 10, counts: { sessions: 1, messages: 1 } });
  expect(records).toEqual([session("a", { updatedAt: T + 9 }), message("b", "m")]);
});

test("a fault of the program ends it", async () => {
  const broken = part("a", {
    read() {
      throw new TypeError("x is not a function");
    },
  });
  await expect(read([broken], sink().sink)).rejects.toThrow(TypeError);
});

test("what gives no record, and what is refused, is kept with its reason", async () => {
  const refusal: ItemResult = {
    ok: false,
    error: { code: "INVALID", field: "id", message: "too long" },
  };
  const { sink: into, aside, refused } = sink(refusal);
  const torn = { raw: "{", reason: "torn" };
  const { counts } = await read(
    [of("a", { records: [message("a", "m")], unreadable: [torn] })],
    into,
  );
  expect([aside, refused]).toEqual([[torn], ["too long"]]);
  expect(counts).toMatchObject({ refused: 1, unreadable: 1, new: 0 });
});

test("it ends soon after it is told to", async () => {
  const controller = new AbortController();
  let pieces = 0;
  const endless = part("a", {
    *read() {
      for (;;) {
        if (++pieces === 3) controller.abort(new Error("stopped"));
        yield found();
      }
    },
  });
  await expect(read([endless], sink().sink, { stop: controller.signal })).rejects.toThrow(
    "stopped",
  );
  expect(pieces).toBe(3);
});

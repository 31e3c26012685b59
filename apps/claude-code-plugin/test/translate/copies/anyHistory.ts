import fc from "fast-check";
import { at, type Json } from "../lines.ts";

const time = fc.option(fc.integer({ min: 0, max: 20 }).map(at), { nil: undefined, freq: 6 });
const word = fc.constantFrom("yes", "go on", "done", "x");

/** What any line tells besides. */
const head = fc.record({
  timestamp: time,
  uuid: fc.uuid(),
  sessionId: fc.constantFrom("s", "s", "s", "o"),
  cwd: fc.constantFrom("/a", "/b"),
  gitBranch: fc.constantFrom("main", "fix"),
});

const speaker = fc.constantFrom<Json>({}, {}, { isSidechain: false }, { isSidechain: true });

const promptLine = fc.record({ text: word, head, speaker }).map(({ text, head, speaker }) => ({
  type: "user",
  message: { content: text },
  ...head,
  ...speaker,
}));

const block = fc.oneof(
  { weight: 3, arbitrary: word.map((text) => ({ type: "text", text })) },
  fc
    .constantFrom("t0", "t1", "t2")
    .map((id) => ({ type: "tool_use", id, name: "Bash", input: {} })),
  fc.record({ id: fc.constantFrom("k0", "k1", "k2"), prompt: word }).map(({ id, prompt }) => ({
    type: "tool_use",
    id,
    name: "Task",
    input: { prompt, subagent_type: "explore" },
  })),
);

const answerLine = fc
  .record({
    id: fc.constantFrom("m0", "m1", "m2", "chatcmpl-0", ""),
    requestId: fc.constantFrom(undefined, undefined, "r1", "r2"),
    blocks: fc.array(block, { minLength: 1, maxLength: 2 }),
    input: fc.nat(3),
    head,
    speaker,
  })
  .map(({ id, requestId, blocks, input, head, speaker }) => ({
    type: "assistant",
    message: { id, content: blocks, stop_reason: "end_turn", usage: { input_tokens: input } },
    requestId,
    ...head,
    ...speaker,
  }));

const resultLine = fc
  .record({ id: fc.constantFrom("t0", "t1", "k0", "k1"), text: word, head, speaker })
  .map(({ id, text, head, speaker }) => ({
    type: "user",
    message: { content: [{ type: "tool_result", tool_use_id: id, content: text }] },
    ...head,
    ...speaker,
  }));

const otherLine = head.chain((head) =>
  fc.constantFrom<Json>(
    {
      type: "user",
      isMeta: true,
      message: { content: "<system-reminder>x</system-reminder>" },
      ...head,
    },
    { type: "user", message: { content: "[Request interrupted by user]" }, ...head },
    { type: "attachment", attachment: { type: "file", filename: "/f" }, ...head },
    { type: "custom-title", customTitle: "given", sessionId: head.sessionId },
    { type: "summary", summary: "summed up", leafUuid: head.uuid },
  ),
);

const line: fc.Arbitrary<Json> = fc.oneof(
  { weight: 3, arbitrary: promptLine },
  { weight: 6, arbitrary: answerLine },
  { weight: 2, arbitrary: resultLine },
  { weight: 2, arbitrary: otherLine },
);

/** What a line that is written again may have new. */
const fresh = fc.record(
  {
    uuid: fc.uuid(),
    requestId: fc.constantFrom("r3", undefined),
    timestamp: time,
    isSidechain: fc.constant(true),
  },
  { requiredKeys: [] },
);

const replay = fc.record({
  from: fc.nat(),
  length: fc.integer({ min: 1, max: 8 }),
  at: fc.nat(),
  fresh,
});

/** Lines, each naming the one before it as its parent, or another. */
function linked(lines: readonly Json[], jumps: readonly number[]): Json[] {
  return lines.map((line, i) => {
    const parent = lines[i - 1 - (jumps[i % jumps.length] ?? 0)]?.uuid;
    return { parentUuid: parent ?? null, ...line };
  });
}

/** A transcript in which parts of what it says are written again, somewhere later. */
export const history: fc.Arbitrary<Json[]> = fc
  .record({
    lines: fc.array(line, { minLength: 1, maxLength: 30, size: "max" }),
    jumps: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
    replays: fc.array(replay, { maxLength: 3 }),
  })
  .map(({ lines, jumps, replays }) => {
    let all = linked(lines, jumps);
    for (const { from, length, at, fresh } of replays) {
      const begin = from % all.length;
      const again = all.slice(begin, begin + length).map((line, i) => {
        const uuid = fresh.uuid && `${fresh.uuid.slice(0, -2)}${10 + i}`;
        return { ...line, ...fresh, ...(uuid && { uuid }) };
      });
      const place = Math.min(all.length, begin + length + (at % (all.length + 1)));
      all = [...all.slice(0, place), ...again, ...all.slice(place)];
    }
    return all;
  });

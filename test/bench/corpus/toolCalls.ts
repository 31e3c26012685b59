import type { ToolCallUpsert } from "@duolog/contract";
import { path, phrase } from "./lines.ts";
import { sessionOf, T0 } from "./messages.ts";
import { outputOf } from "./outputs.ts";
import { pick, type Random, randomOf } from "./random.ts";

/** A tool's name and kind, and what it is called with; `file` is the one that it touches. */
type Tool = readonly [
  name: string,
  kind: string,
  inputOf: (random: Random, file: string) => Record<string, unknown>,
];

const TOOLS: readonly Tool[] = [
  ["bash", "shell", (r) => ({ command: `npm test -- ${path(r)}`, description: phrase(r, 6) })],
  ["read", "read", (_, filePath) => ({ filePath, offset: 0, limit: 2_000 })],
  ["grep", "search", (r) => ({ pattern: phrase(r, 2), path: "/home/dev/project/src" })],
  [
    "edit",
    "edit",
    (r, filePath) => ({ filePath, oldString: phrase(r, 9), newString: phrase(r, 9) }),
  ],
];

/** The n-th tool call of a sender, which has ended. */
export function toolCallOf(sender: string, n: number): ToolCallUpsert {
  const random = randomOf(`${sender} call ${n}`);
  const [name, kind, inputOf] = pick(random, TOOLS);
  const filePath = `/home/dev/project/${path(random)}`;
  const input = JSON.stringify(inputOf(random, filePath));
  const output = outputOf(sender, n);
  const at = T0 + n * 1_000;
  return {
    id: `msg_${sender}_${n}/call_${n}`,
    sessionId: sessionOf(sender, n),
    source: "opencode",
    messageId: `msg_${sender}_${n}`,
    position: 1,
    name,
    kind,
    status: "success",
    input,
    inputBytes: Buffer.byteLength(input),
    output,
    outputBytes: Buffer.byteLength(output),
    filePath,
    data: JSON.stringify({ exitCode: 0, title: phrase(random, 3) }),
    createdAt: at + 300,
    completedAt: at + 800,
    durationMs: 500,
    updatedAt: at + 800,
    observedAt: at + 800,
    observedSeq: n,
  };
}

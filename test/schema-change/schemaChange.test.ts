import { afterAll, describe, expect, test } from "vitest";
import { type Edit, WorkspaceCopy } from "./workspaceCopy.ts";

const PLUGINS = {
  opencode: "apps/opencode-plugin/src/translate/",
  claudeCode: "apps/claude-code-plugin/src/translate/",
} as const;

/** What `tsc -b` of everything compiles too, less the daemon, which would take most of the time. */
const PROJECTS = ["apps/opencode-plugin", "apps/claude-code-plugin"];

/** Errors that only say that something upstream failed. */
const FOLLOW_UPS = new Set(["TS6305", "TS2307"]);

const CHANGES = [
  [
    "a new required column of sessions",
    /^( {2}projectPath .*)$/m,
    '$1\n  host String @default("")',
  ],
  [
    "a new required column of messages",
    /^( {2}textContent .*)$/m,
    '$1\n  mood String @default("")',
  ],
  // The wire has one type for these, or the plugins send nothing there.
  ["a count that becomes a fraction", /^( {2}promptTokens +)BigInt\? /m, "$1Float? "],
  ["a time that becomes a count", /^( {2}createdAt +)DateTime\? /m, "$1BigInt? "],
  ["a text that may no longer be missing", /^( {2}title +)String\? *$/m, '$1String @default("")'],
  ["an enum that becomes a text", /^( {2}status +)SessionStatus\?/m, "$1String?"],
  ["a column that OpenCode never fills", /^( {2}gitBranch +)String\? /m, "$1DateTime? "],
  ["a column that Claude Code never fills", /^( {2}parentId +)String\? /m, "$1Boolean? "],
] as const;

const ENUM_CHANGES = [
  ["opencode's value", /^ {2}opencode$/m, "  open_code", PLUGINS.opencode],
  ["opencode's mapped value", /^ {2}opencode$/m, '  opencode @map("open-code")', PLUGINS.opencode],
  ["claude_code's name", /^ {2}claude_code @map/m, "  claudecode @map", PLUGINS.claudeCode],
  ["claude_code's mapped value", '@map("claude-code")', '@map("claude")', PLUGINS.claudeCode],
] as const;

const ENTITIES = "packages/contract/src/entities/";

/** Where each model's columns are named: in its description, and in what each plugin sends. */
const PLACES = {
  Session: [
    `${ENTITIES}session.ts`,
    `${PLUGINS.opencode}shared/rows/session.ts`,
    `${PLUGINS.claudeCode}rows/session.ts`,
  ],
  Message: [
    `${ENTITIES}message.ts`,
    `${PLUGINS.opencode}shared/rows/message.ts`,
    `${PLUGINS.claudeCode}rows/message.ts`,
  ],
  ToolCall: [
    `${ENTITIES}toolCall.ts`,
    `${PLUGINS.opencode}shared/rows/toolCall.ts`,
    `${PLUGINS.claudeCode}rows/toolCall.ts`,
  ],
  SessionEvent: [
    `${ENTITIES}sessionEvent.ts`,
    `${PLUGINS.opencode}shared/rows/event.ts`,
    `${PLUGINS.claudeCode}rows/event.ts`,
  ],
};

/** A change in each model: each is named by itself, for each has places of its own. */
const inEveryModel = (changes: Record<keyof typeof PLACES, [from: RegExp, to: string]>): Edit[] =>
  Object.entries(changes).map(([model, [from, to]]) => ({
    from: new RegExp(`(^model ${model} \\{(?:(?!^\\})[^])*?)${from.source}`, "m"),
    to: `$1${to}`,
  }));

const COLUMN_CHANGES = [
  [
    "a new column",
    inEveryModel({
      Session: [/^(?= {2}title )/, "  mood String?\n"],
      Message: [/^(?= {2}role )/, "  mood String?\n"],
      ToolCall: [/^(?= {2}name )/, "  mood String?\n"],
      SessionEvent: [/^(?= {2}text )/, "  mood String?\n"],
    }),
  ],
  [
    "a renamed column",
    inEveryModel({
      Session: [/^ {2}linesAdded /, "  linesMore "],
      Message: [/^ {2}requestId /, "  requestName "],
      ToolCall: [/^ {2}filePath /, "  path "],
      SessionEvent: [/^ {2}toolCallId /, "  callId "],
    }),
  ],
  [
    "a retyped column",
    inEveryModel({
      Session: [/^ {2}projectId +String\?/, "  projectId BigInt?"],
      Message: [/^ {2}cacheWrite1hTokens +BigInt\?/, "  cacheWrite1hTokens Float?"],
      ToolCall: [/^ {2}durationMs +BigInt\?/, "  durationMs DateTime?"],
      SessionEvent: [/^ {2}data +String\?/, "  data Boolean?"],
    }),
  ],
] as const;

/** A model of the record: its changes are numbered. */
const NOTES = `model Note {
  key            Int       @id @default(autoincrement())
  id             String
  sessionId      String    @map("session_id")
  source         Source?
  sourceInferred Boolean   @default(false) @map("source_inferred")
  text           String?
  createdAt      DateTime? @map("created_at")
  updatedAt      DateTime? @map("updated_at")
  observedAt     DateTime? @map("observed_at")
  observedSeq    BigInt?   @map("observed_seq")
  stamps         String?
  changedSeq     BigInt    @default(0) @map("changed_seq")
  session        Session   @relation(fields: [sessionId], references: [id], onDelete: Cascade)

  @@unique([sessionId, id])
  @@map("notes")
}
`;
const NEW_MODEL: Edit[] = [
  { from: /^(?= {2}events +SessionEvent\[\])/m, to: "  notes Note[]\n" },
  { from: /^(?=\/\/\/ A long text, once)/m, to: `${NOTES}\n` },
];
const ITS_WORD: Edit = {
  path: `${ENTITIES}describe.ts`,
  from: /^(?= {2}SessionEvent: "event")/m,
  to: '  Note: "note",\n',
};
const NAMED_OF_NEW_ENTITY = [
  `${ENTITIES}index.ts`,
  `${PLUGINS.opencode}rowMakers.ts`,
  `${PLUGINS.claudeCode}rows/rowMakers.ts`,
];

describe("a change of schema.prisma alone is a compile error in both plugins' translate code", () => {
  const copy = new WorkspaceCopy();
  afterAll(() => copy.remove());

  const namedBy = (edits: readonly Edit[], folder: string) =>
    copy
      .compileWith(edits, PROJECTS)
      .filter(({ file, code }) => file.startsWith(folder) && !FOLLOW_UPS.has(code));

  test("unchanged, there is no error", { timeout: 120_000 }, () => {
    expect(copy.compileWith([])).toEqual([]);
  });

  test.each(CHANGES)("%s", { timeout: 120_000 }, (_change, from, to) => {
    const errors = namedBy([{ from, to }], "");
    for (const folder of Object.values(PLUGINS)) {
      const own = errors.filter(({ file }) => file.startsWith(folder));
      expect(own, folder).not.toEqual([]);
    }
  });

  test.each(ENUM_CHANGES)(
    "a renamed enum value: %s",
    { timeout: 120_000 },
    (_change, from, to, folder) => {
      expect(namedBy([{ from, to }], folder)).not.toEqual([]);
    },
  );

  test.each(COLUMN_CHANGES)(
    "of every model at once: %s",
    { timeout: 120_000 },
    (_change, edits) => {
      const files = new Set(namedBy(edits, "").map(({ file }) => file));
      for (const places of Object.values(PLACES)) {
        for (const place of places) expect(files).toContain(place);
      }
    },
  );

  test("a new model: the compiler asks for its word, then for its description and what each plugin sends", {
    timeout: 240_000,
  }, () => {
    expect(namedBy(NEW_MODEL, "packages/contract/src/entities/describe.ts")).not.toEqual([]);
    const errors = namedBy([...NEW_MODEL, ITS_WORD], "");
    const files = new Set(errors.map(({ file }) => file));
    for (const place of NAMED_OF_NEW_ENTITY) expect(files).toContain(place);
  });
});

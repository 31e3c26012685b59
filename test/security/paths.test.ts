import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { ClaudeSeat, everything, filesWith, promptLine } from "./agents.ts";

vi.setConfig({ testTimeout: 30_000 });

const SESSION = "0b5e3f1a-0000-4000-8000-00000000000a";
const FILE = `${SESSION}.jsonl`;
const CANARY = "CANARY-OUTSIDE";

const isRoot = process.getuid?.() === 0;
/** `nobody` by its usual number. */
const NOBODY = 65_534;

/** Another user's, where this one is root; else what no link below leads to. */
let outside: string;
beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), "duolog-outside-"));
  // Readable as a transcript, so that whoever read it would make a row of it.
  writeFileSync(join(outside, FILE), promptLine(SESSION, "stolen", CANARY));
  mkdirSync(join(outside, "subagents"));
  writeFileSync(
    join(outside, "subagents", "agent-a1.jsonl"),
    promptLine(SESSION, "stolen", CANARY),
  );
  writeFileSync(
    join(outside, "subagents", "agent-a1.meta.json"),
    JSON.stringify({ agentType: CANARY }),
  );
  if (isRoot) for (const path of everything(outside)) chownSync(path, NOBODY, NOBODY);
});
afterAll(() => rmSync(outside, { recursive: true, force: true }));

const own = (seat: ClaudeSeat) => join(seat.project, FILE);

/** What a hostile payload or directory looks like; returns the payload's path and id. */
const HOSTILE: [string, (seat: ClaudeSeat) => { path: unknown; session?: unknown }][] = [
  ["a file elsewhere", () => ({ path: join(outside, FILE) })],
  ["/etc/passwd", () => ({ path: "/etc/passwd" })],
  ["/etc/passwd with the session's name", () => ({ path: "/etc/passwd", session: "passwd" })],
  [
    "steps up",
    (seat) => ({ path: `${seat.project}/../../../../${"../".repeat(9)}${outside}/${FILE}` }),
  ],
  ["a relative path", () => ({ path: `../../${FILE}` })],
  [
    "an id that is a path",
    (seat) => ({ path: join(seat.project, "..", "x.jsonl"), session: "../x" }),
  ],
  ["an id of /", (seat) => ({ path: `${seat.project}/.jsonl`, session: "" })],
  ["no text", () => ({ path: { toString: "x" } })],
  ["NUL inside", (seat) => ({ path: `${own(seat)}\0.jsonl` })],
  ["NUL in a directory's name", (seat) => ({ path: `${seat.project}\0/${FILE}` })],
  ["a name longer than any", (seat) => ({ path: join(seat.project, "x".repeat(300), FILE) })],
  [
    "a project's name longer than any",
    (seat) => ({ path: join(dirname(seat.project), "x".repeat(300), FILE) }),
  ],
  ["a path longer than any", (seat) => ({ path: `${seat.project}${"/x".repeat(5_000)}/${FILE}` })],
  [
    "a directory",
    (seat) => {
      mkdirSync(own(seat));
      return { path: own(seat) };
    },
  ],
  [
    "a FIFO",
    (seat) => {
      execFileSync("mkfifo", [own(seat)]);
      return { path: own(seat) };
    },
  ],
  ["a device", () => ({ path: "/dev/zero" })],
];

/** What links lead to another user's. */
const LINKED: typeof HOSTILE = [
  [
    "a transcript",
    (seat) => {
      symlinkSync(join(outside, FILE), own(seat));
      return { path: own(seat) };
    },
  ],
  [
    "a project",
    (seat) => {
      symlinkSync(outside, `${seat.project}-link`);
      return { path: join(`${seat.project}-link`, FILE) };
    },
  ],
  [
    "sub-agents",
    (seat) => {
      writeFileSync(own(seat), "");
      mkdirSync(join(seat.project, SESSION));
      symlinkSync(join(outside, "subagents"), join(seat.project, SESSION, "subagents"));
      return { path: own(seat) };
    },
  ],
  [
    "a session's directory",
    (seat) => {
      writeFileSync(own(seat), "");
      symlinkSync(outside, join(seat.project, SESSION));
      return { path: own(seat) };
    },
  ],
  [
    "a sub-agent's transcript and type",
    (seat) => {
      const agents = join(seat.project, SESSION, "subagents");
      mkdirSync(agents, { recursive: true });
      writeFileSync(own(seat), "");
      for (const name of ["agent-a1.jsonl", "agent-a1.meta.json"]) {
        symlinkSync(join(outside, "subagents", name), join(agents, name));
      }
      return { path: own(seat) };
    },
  ],
  [
    "a transcript, by a link in the user's own directory",
    (seat) => {
      symlinkSync(outside, join(seat.paths.root, "hop"));
      symlinkSync(join(seat.paths.root, "hop", FILE), own(seat));
      return { path: own(seat) };
    },
  ],
  [
    "a transcript of the user's own, by a link of theirs",
    (seat) => {
      const mine = join(seat.paths.root, "mine.jsonl");
      writeFileSync(mine, promptLine(SESSION, "stolen", "mine"));
      symlinkSync(mine, own(seat));
      lchownSync(own(seat), NOBODY, NOBODY);
      return { path: own(seat) };
    },
  ],
];

describe.concurrent("the forwarder reads nothing outside the agents' own directories", () => {
  test.each(HOSTILE)("%s", readsNothing);
});

describe.runIf(isRoot)("nor another user's files, wherever a symlink stands", () => {
  test.each(LINKED)("%s", readsNothing);
});

async function readsNothing(_what: string, prepare: (typeof HOSTILE)[number][1]): Promise<void> {
  using seat = new ClaudeSeat();
  await using daemon = await TestDaemon.start(seat.paths.root);
  const { path, session = SESSION } = prepare(seat);
  const payload = { hook_event_name: "Stop", session_id: session, transcript_path: path };
  seat.note(payload);
  seat.note({ ...payload, hook_event_name: "SubagentStop", agent_id: "a1" });
  // One that is well goes on.
  const good = "0b5e3f1a-0000-4000-8000-00000000000b";
  const transcript = join(seat.project, `${good}.jsonl`);
  writeFileSync(transcript, promptLine(good, "good", "hello"));
  seat.note({ hook_event_name: "Stop", session_id: good, transcript_path: transcript });
  expect(await seat.forward()).toEqual({ code: 0, said: "" });
  expect(queryRows(daemon.paths.database, "SELECT id FROM messages")).toEqual([{ id: "good" }]);
  const root = daemon.paths.root;
  expect(filesWith(root, CANARY)).toEqual([]);
  expect(filesWith(root, "root:x:0:0")).toEqual([]);
  expect(readdirSync(daemon.paths.inbox)).toEqual([]);
  // Nor does what was kept of it hold up the next forwarder.
  seat.note({ hook_event_name: "Stop", session_id: good, transcript_path: transcript });
  expect(await seat.forward()).toEqual({ code: 0, said: "" });
  expect(readdirSync(daemon.paths.inbox)).toEqual([]);
  const log = join(root, "logs", "forwarder.log");
  expect(existsSync(log) ? readFileSync(log, "utf8") : "").not.toContain("failed");
}

test.runIf(isRoot)(
  "a directory swapped for a symlink to another user's after it was accepted is not followed",
  async () => {
    using seat = new ClaudeSeat();
    await using daemon = await TestDaemon.start(seat.paths.root);
    writeFileSync(own(seat), promptLine(SESSION, "good", "hello"));
    seat.note({ hook_event_name: "Stop", session_id: SESSION, transcript_path: own(seat) });
    const forwarder = seat.startForwarder({ DUOLOG_FORWARDER_MS: "2500,200,5000" });
    const ids = () => queryRows(daemon.paths.database, "SELECT id FROM messages");
    await expect.poll(ids, { timeout: 10_000 }).toEqual([{ id: "good" }]);
    rmSync(seat.project, { recursive: true });
    symlinkSync(outside, seat.project);
    appendFileSync(join(outside, FILE), promptLine(SESSION, "stolen2", CANARY).repeat(20));
    await expect.poll(() => forwarder.exitCode, { timeout: 10_000 }).toBe(0);
    expect(ids()).toEqual([{ id: "good" }]);
    expect(filesWith(daemon.paths.root, CANARY)).toEqual([]);
  },
);

test("a transcript of 600 MB without a line costs little memory, and the others come through", async () => {
  using seat = new ClaudeSeat();
  await using daemon = await TestDaemon.start(seat.paths.root);
  writeFileSync(own(seat), "");
  truncateSync(own(seat), 600_000_000);
  const good = "0b5e3f1a-0000-4000-8000-00000000000b";
  const transcript = join(seat.project, `${good}.jsonl`);
  writeFileSync(transcript, promptLine(good, "good", "hello"));
  for (const session of [SESSION, good]) {
    const path = join(seat.project, `${session}.jsonl`);
    seat.note({ hook_event_name: "Stop", session_id: session, transcript_path: path });
  }
  const forwarder = seat.startForwarder({ NODE_OPTIONS: "--max-old-space-size=256" });
  let peak = 0;
  const ids = () => {
    peak = Math.max(peak, residentMb(forwarder.pid));
    return queryRows(daemon.paths.database, "SELECT id FROM messages");
  };
  await expect.poll(ids, { timeout: 20_000, interval: 20 }).toEqual([{ id: "good" }]);
  forwarder.kill("SIGKILL");
  expect(peak).toBeLessThan(300);
});

function residentMb(pid: number | undefined): number {
  if (process.platform !== "linux") return 0;
  const said = execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" });
  return Number(said) / 1024;
}

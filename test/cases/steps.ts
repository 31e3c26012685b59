import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { queryRows } from "../harness/rows.ts";
import type { Content, Step } from "./expectation.ts";
import type { CasePlace } from "./place.ts";

const HOOK = fileURLToPath(new URL("../../apps/claude-code-plugin/hooks/note.sh", import.meta.url));

/** How long nothing may change until it is quiet, and how often it is looked, ms. */
const SILENCE_MS = 2_500;
const LOOK_MS = 200;

/** Plays one step of a case. */
export async function playStep(place: CasePlace, step: Step): Promise<void> {
  if ("mkdir" in step) mkdirSync(place.at(step.mkdir), { recursive: true });
  else if ("write" in step) writeFileSync(made(place.at(step.write)), contentOf(place, step));
  else if ("append" in step) appendFileSync(made(place.at(step.append)), contentOf(place, step));
  else if ("move" in step) renameSync(place.at(step.move), made(place.at(step.to)));
  else if ("remove" in step) rmSync(place.at(step.remove), { recursive: true });
  else if ("quiet" in step) await untilQuiet(place, step.quiet * 1_000);
  else await Promise.all(Array.from({ length: step.times ?? 1 }, () => hook(place, step)));
}

/** The path, with its directory there. */
function made(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function contentOf(place: CasePlace, { from, lines, text = "" }: Content): string | Buffer {
  if (from !== undefined) return readFileSync(place.at(from));
  return lines?.map((line) => `${JSON.stringify(line)}\n`).join("") ?? text;
}

async function hook(place: CasePlace, step: Extract<Step, { hook: string }>): Promise<void> {
  const { hook: event, session, transcript, more = {} } = step;
  const payload = {
    hook_event_name: event,
    session_id: session,
    transcript_path: place.at(transcript),
    cwd: "/home/ada/garden",
    ...JSON.parse(JSON.stringify(more).replaceAll("$HOME", place.home)),
  };
  await place.run(["sh", HOOK], JSON.stringify(payload));
}

/** Until no note waits and nothing was written for a while. */
async function untilQuiet(place: CasePlace, limit: number): Promise<void> {
  const { database, inbox, rejected } = place.paths;
  const end = Date.now() + limit;
  let seen = "";
  let since = Date.now();
  while (Date.now() < end) {
    const notes = readdirSync(inbox).filter((name) => !name.startsWith("."));
    const changes = queryRows(
      database,
      "SELECT MAX(changed_seq) FROM sessions UNION ALL SELECT MAX(changed_seq) FROM messages",
    );
    const now = JSON.stringify([notes, changes, readdirSync(rejected)]);
    if (now !== seen) since = Date.now();
    seen = now;
    if (notes.length === 0 && Date.now() - since >= SILENCE_MS) return;
    await setTimeout(LOOK_MS);
  }
}

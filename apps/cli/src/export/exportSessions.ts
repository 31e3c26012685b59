import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import type { RpcClient } from "@duolog/client";
import type { SessionSummary } from "@duolog/contract/server";
import { throughDaemon } from "../daemon/read.ts";
import { interruptible } from "../import/interrupt.ts";
import { Progress, type Screen } from "../import/progress.ts";
import { count } from "../output/text.ts";
import type { Place } from "../place.ts";
import { Scanner } from "../secrets/Scanner.ts";
import { allSessions, namedSessions, sessionsOf } from "./chosen.ts";
import { FORMATS } from "./formats.ts";
import { checkOptions, type ExportOptions } from "./options.ts";
import { CleanReader } from "./reading/CleanReader.ts";
import { type Cleaning, masking, RAW } from "./reading/cleaning.ts";
import { startedWithin } from "./reading/startedWithin.ts";
import { Walk } from "./reading/Walk.ts";
import { type Destination, Directory, Stream } from "./writing/destination.ts";

/** One page of rows, ms: of long ones on a slow disk. */
const READ_MS = 60_000;

/** What an export works with. */
interface Around {
  place: Place;
  env: NodeJS.ProcessEnv;
  stdout: Writable;
  /** Says something that is none of the output. */
  tell: (text: string) => void;
  /** Where it is told how far an export of everything is. */
  screen: Screen | null;
}

/**
 * Writes sessions to a directory, a file each, or to standard output, without their secrets. False where
 * a file was there already. Throws Failure.
 */
export async function exportSessions(around: Around, options: ExportOptions): Promise<boolean> {
  checkOptions(options);
  const { place, env, stdout, tell } = around;
  const { out, raw } = options;
  if (raw) tell("--raw: nothing is masked, what is written holds the secrets that were said");
  const scanner = new Scanner();
  const cleaning = raw ? RAW : masking(scanner);
  const destination = out === undefined ? new Stream(stdout) : directoryAt(out, tell);
  try {
    await throughDaemon(place, env, READ_MS, (rpc) =>
      interruptible(async (stop) => {
        const progress = await progressOf(around, rpc, options);
        const parts = { rpc, cleaning, destination, progress, stop };
        await writeAll(parts, options).finally(() => progress.end());
      }, STOPPED),
    );
  } finally {
    await scanner.close();
    const left = cleaning.leftOut();
    if (left > 0) tell(`${count(left, "text")} left out: ${UNSCANNED}`);
  }
  destination.end();
  return destination.isWhole;
}

const STOPPED = "stopped before all was exported; what is written is whole";
const UNSCANNED = "not scanned for secrets in time; --raw writes them as they are";

/** What takes part in the writing. */
interface Parts {
  rpc: RpcClient;
  cleaning: Cleaning;
  destination: Destination;
  progress: Progress;
  stop: AbortSignal;
}

/** Nothing is told where it is not known how much there is, or where the sessions themselves are shown. */
async function progressOf(
  { screen }: Around,
  rpc: RpcClient,
  { all, out, filter }: ExportOptions,
): Promise<Progress> {
  const isWhole = all && Object.values(filter).every((value) => value === undefined);
  const sessions = (await rpc.health())?.sessions ?? 0;
  const shown = out !== undefined && isWhole ? screen : null;
  return new Progress(shown, { sessions, bytes: sessions }, performance.now());
}

function directoryAt(out: string, tell: Around["tell"]): Directory {
  const path = resolve(out);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return new Directory(path, tell);
}

async function writeAll(parts: Parts, options: ExportOptions): Promise<void> {
  const { rpc, cleaning, destination, progress, stop } = parts;
  const reader = new CleanReader(rpc.reader, cleaning, (rows) =>
    progress.read(rows, performance.now()),
  );
  const format = FORMATS[options.format];
  const taken = new Set<string>();
  for await (const session of chosen(rpc, reader, options, taken)) {
    stop.throwIfAborted();
    const walk = new Walk(reader, session.id);
    const isWritten = await destination.put(session.id, format.extension, () =>
      untilStopped(format.write(session, walk), stop),
    );
    const met = isWritten ? walk.met : await startedWithin(rpc.reader, session.id);
    for (const id of met) taken.add(id);
    progress.sessionDone(1);
  }
}

async function* chosen(
  { reader: all }: RpcClient,
  reader: CleanReader,
  { named, filter, ...options }: ExportOptions,
  taken: ReadonlySet<string>,
): AsyncGenerator<SessionSummary> {
  if (options.all) yield* allSessions(reader, filter, (id) => taken.has(id));
  else yield* sessionsOf(reader, await namedSessions(all, named, filter));
}

async function* untilStopped(
  pieces: AsyncIterable<string>,
  stop: AbortSignal,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    stop.throwIfAborted();
    yield piece;
  }
}

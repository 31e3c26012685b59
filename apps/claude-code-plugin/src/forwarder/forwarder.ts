import type { RpcClient } from "@duolog/client";
import { type DataPaths, noteUnknownTypes } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { configDirs } from "../places/configDirs.ts";
import { Places } from "../places/places.ts";
import type { SessionFiles } from "../places/sessionFiles.ts";
import { isFileName, wrongPath } from "../places/transcriptPath.ts";
import type { Found } from "../reader/readPortions.ts";
import { type HookNote, parseHook } from "../translate/hook.ts";
import { Backlog } from "./backlog.ts";
import { AckedDatabase, DatabaseReplaced } from "./database/ackedDatabase.ts";
import { Delivery, sleep, ToldToEnd } from "./delivery.ts";
import { listNotes, type NoteFile, readNote, removeNote, sweepInbox } from "./inbox.ts";
import { LiveSession } from "./liveSession.ts";
import type { Log } from "./log.ts";
import { pauseAfter } from "./pace.ts";
import { Positions, type WaitingNote } from "./positions.ts";
import { createPutAside, type PutAside } from "./putAside.ts";

/** All in ms. */
export interface Timing {
  /** A session whose transcripts don't grow for so long is followed no more. */
  quiet: number;
  /** After a session's end its last lines are waited for. */
  settle: number;
  /** How long a daemon that takes nothing is waited for. */
  patience: number;
}

/** What holds where DUOLOG_FORWARDER_MS says nothing else. */
export const TIMING: Timing = { quiet: 10 * 60_000, settle: 3_000, patience: 10 * 60_000 };

/** Of a note that is rejected, this much is kept, in UTF-16 units. */
const KEPT_OF_NOTE = 64 * 1024;

/** Events after which something is in the transcript. */
const TELLS = new Set(["UserPromptSubmit", "Stop", "SubagentStop"]);

interface Followed {
  readonly session: LiveSession;
  /** When it grew or a hook told of it, by the process's clock. */
  lastSign: number;
}

/**
 * Brings what hooks noted and transcripts hold to the daemon. A note goes and a position moves only
 * after the daemon's ack, so that whatever is killed, the next forwarder begins where this one was.
 */
export class Forwarder {
  readonly #paths: DataPaths;
  readonly #timing: Timing;
  readonly #log: Log;
  readonly #putAside: PutAside;
  readonly #delivery: Delivery;
  readonly #positions: Positions;
  readonly #places: Places;
  /** By session. */
  readonly #followed = new Map<string, Followed>();
  readonly #backlog: Backlog;
  #database: AckedDatabase;
  #lastNews = performance.now();
  readonly #ending = new AbortController();

  constructor(paths: DataPaths, rpc: RpcClient, timing: Timing, log: Log) {
    this.#paths = paths;
    this.#timing = timing;
    this.#log = log;
    this.#putAside = createPutAside(rpc, log);
    this.#delivery = new Delivery(rpc, {
      putAside: this.#putAside,
      patienceMs: timing.patience,
      ending: this.#ending.signal,
      acked: () => this.#database.acked(),
    });
    this.#positions = new Positions(paths.root);
    this.#places = new Places(() => configDirs(paths));
    this.#database = new AckedDatabase(paths.database);
    this.#backlog = new Backlog({
      open: (sessionId) => this.#open(sessionId),
      deliver: async (session, portion) => {
        if (await this.#deliver(session, portion)) this.#lastNews = performance.now();
      },
      done: (session) => this.#save(session),
    });
  }

  /** Makes `run` return soon. */
  end(): void {
    this.#ending.abort();
  }

  /**
   * Works until no session is live and no note is left, or it is told to end.
   * @throws DaemonAway once the daemon has taken nothing for `patience`
   */
  async run(): Promise<void> {
    sweepInbox(this.#paths.inbox, Date.now());
    for (;;) {
      try {
        return await this.#forward();
      } catch (error) {
        if (error instanceof ToldToEnd) return;
        if (!(error instanceof DatabaseReplaced)) throw error;
        this.#log("another database", { reason: "all known transcripts are read again" });
        this.#followed.clear();
        this.#backlog.clear();
        this.#database = new AckedDatabase(this.#paths.database);
      }
    }
  }

  /** @throws DatabaseReplaced where what it read before is to be read again */
  async #forward(): Promise<void> {
    await this.#catchUp();
    while (!this.#ending.signal.aborted) {
      const before = process.cpuUsage();
      const notes = listNotes(this.#paths.inbox);
      // The data directory was removed.
      if (notes === null) return;
      for (const note of notes) await this.#handle(note);
      for (const followed of this.#followed.values()) await this.#pump(followed);
      await this.#backlog.work();
      this.#dropQuiet();
      if (this.#followed.size === 0 && this.#backlog.isEmpty) return;
      const { user, system } = process.cpuUsage(before);
      const pause = pauseAfter(performance.now() - this.#lastNews, (user + system) / 1_000);
      await sleep(pause, this.#ending.signal);
    }
  }

  /**
   * All known transcripts that grew while no forwarder ran; those that an older version read are
   * read again, after what is live.
   */
  async #catchUp(): Promise<void> {
    const { identity } = this.#database;
    const there = this.#places.all();
    const isThere = (sessionId: string) => there.has(sessionId);
    for (const { sessionId } of this.#positions.all(Date.now(), identity, isThere)) {
      const session = this.#open(sessionId, there.get(sessionId));
      const age = session.waiting ? 0 : Math.max(0, Date.now() - session.lastWritten());
      const followed = { session, lastSign: performance.now() - age };
      const isLive = session.waiting !== null || (!session.ended && age < this.#timing.quiet);
      if (isLive) this.#followed.set(sessionId, followed);
      if (session.isOutdated) {
        if (!isLive) this.#backlog.add(sessionId);
      } else if (session.hasGrown()) await this.#pump(followed);
    }
  }

  async #handle(file: NoteFile): Promise<void> {
    const text = readNote(file);
    const note = text === null ? "no readable file" : parseHook(text);
    const kept = text?.slice(0, KEPT_OF_NOTE) ?? null;
    const wrong = typeof note === "string" ? note : this.#wrongIn(note);
    if (typeof note === "string" || wrong !== null) {
      this.#putAside({ note: kept }, `hook: ${wrong}`);
    } else {
      await this.#apply(note, kept, file.at);
    }
    removeNote(file);
    this.#lastNews = performance.now();
  }

  /** What the path is is no matter where the session is known, or found by its id. */
  #wrongIn({ sessionId, transcriptPath }: HookNote): string | null {
    if (!isFileName(sessionId)) return "session_id is no file name";
    const wrong = wrongPath(transcriptPath, sessionId, this.#places.configDirs);
    if (wrong === null || this.#followed.has(sessionId)) return null;
    return this.#open(sessionId).isKnown ? null : wrong;
  }

  async #apply(note: HookNote, kept: string | null, at: number): Promise<void> {
    const followed = this.#follow(note.sessionId);
    const { session } = followed;
    const { event, promptId, lastText } = note;
    if (!session.isThere(event)) this.#wait(session, note, kept);
    session.ended = event === "SessionEnd";
    if (session.ended) session.endedAt = at;
    if (event === "Stop") session.stop(null, { at, promptId, lastText });
    if (event === "SubagentStop") session.stop(note.agentId, { at, promptId, lastText });
    await this.#pump(followed);
    if (session.ended) await this.#delivery.deliver(session.end());
    this.#save(session);
  }

  /** The transcript is waited for as long as the session is followed. */
  #wait(session: LiveSession, { event, transcriptPath }: HookNote, note: string | null): void {
    if (!TELLS.has(event)) return;
    session.waiting = { event, note };
    // Before the first answer there is none in any case.
    if (event === "UserPromptSubmit") return;
    const reason = this.#places.why(session.sessionId, transcriptPath);
    if (reason !== null) this.#log("no transcript", { session: session.sessionId, reason });
  }

  #open(sessionId: string, files?: SessionFiles): LiveSession {
    const saved = this.#positions.load(sessionId, this.#database.identity);
    return new LiveSession(sessionId, this.#places, saved, files);
  }

  #save(session: LiveSession): void {
    this.#positions.save(session.positions(), this.#database.identity);
  }

  #follow(sessionId: string): Followed {
    this.#backlog.drop(sessionId);
    const known = this.#followed.get(sessionId);
    known?.session.look(true);
    const followed = known ?? { session: this.#open(sessionId), lastSign: 0 };
    followed.lastSign = performance.now();
    this.#followed.set(sessionId, followed);
    return followed;
  }

  async #pump(followed: Followed): Promise<void> {
    const { session } = followed;
    for (const portion of session.read()) {
      if (!(await this.#deliver(session, portion))) continue;
      followed.lastSign = performance.now();
      this.#lastNews = followed.lastSign;
    }
  }

  /** Hands a portion over and saves the position behind it; false where it held nothing new. */
  async #deliver(session: LiveSession, portion: Found): Promise<boolean> {
    const { path, records, broken, unknown, grew } = portion;
    await this.#delivery.deliver(grew ? [...records, ...session.end()] : records);
    if (unknown.length > 0) noteUnknownTypes(this.#paths, Source.claude_code, unknown);
    for (const { offset, reason, text } of broken) {
      this.#putAside({ transcript: path, offset, line: text }, `transcript: ${reason}`);
    }
    if (grew) this.#save(session);
    return grew;
  }

  #dropQuiet(): void {
    const { quiet, settle } = this.#timing;
    for (const [sessionId, { session, lastSign }] of this.#followed) {
      const limit = session.ended ? settle : quiet;
      if (performance.now() - lastSign <= limit) continue;
      this.#followed.delete(sessionId);
      if (session.waiting) this.#giveUp(session, session.waiting);
    }
  }

  #giveUp(session: LiveSession, { note }: WaitingNote): void {
    this.#putAside({ note }, "hook: no transcript of its session is in Claude Code's directories");
    session.waiting = null;
    this.#save(session);
  }
}

import type { BigIntStats } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import { metaOf } from "../places/meta.ts";
import type { Places } from "../places/places.ts";
import type { SessionFiles, TranscriptFile } from "../places/sessionFiles.ts";
import { type Found, readLone, readPortions } from "../reader/readPortions.ts";
import { isOutdated, type SavedPosition, TranscriptReader } from "../reader/transcriptReader.ts";
import { sessionEnd } from "../translate/hook.ts";
import type { Stop } from "../translate/state/stops.ts";
import type { TranscriptOwner } from "../translate/transcript.ts";
import type { SessionPositions, WaitingNote } from "./positions.ts";

/** How often a session's transcripts are looked for in all projects, where no hook asks for it, ms. */
const EVERYWHERE = 10_000;

/** So many of them are kept, as many as a transcript keeps. */
const MOST_STOPS = 8;

/** A transcript that is there, and how far it was read. */
interface Reading {
  readonly reader: TranscriptReader;
  /** Where its reading began; null at its start. */
  readonly from: SavedPosition | null;
  readonly file: TranscriptFile;
  /** As which it was read to its end; null where there is something to hand out in any case. */
  readAs: string | null;
}

/** One session's transcripts, wherever they lie, each read on from where it was left. */
export class LiveSession {
  readonly sessionId: string;
  readonly #places: Places;
  readonly #readings = new Map<string, Reading>();
  /** Of transcripts that are not there, or not where they were. */
  readonly #left: Map<string, SavedPosition>;
  /** The projects' directories in which they lie. */
  #projects: readonly string[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Notes of whom no transcript is there yet. */
  #stops: readonly { readonly agentId: string | null; readonly stop: Stop }[] = [];

  /** `files` are its transcripts where they are known; else it looks for them. */
  constructor(
    sessionId: string,
    places: Places,
    saved: SessionPositions | null,
    files?: SessionFiles,
  ) {
    this.sessionId = sessionId;
    this.#places = places;
    this.#left = new Map(Object.entries(saved?.files ?? {}));
    this.ended = saved?.ended ?? false;
    this.endedAt = saved?.endedAt ?? null;
    this.waiting = saved?.waiting ?? null;
    if (files) this.#take(files);
    else this.look(true);
  }

  /** A SessionEnd hook said so, and no other hook since. */
  ended: boolean;

  /** When the last SessionEnd hook ran, epoch ms. */
  endedAt: number | null;

  waiting: WaitingNote | null;

  /** True where a transcript is there, or was. */
  get isKnown(): boolean {
    return this.#readings.size + this.#left.size > 0;
  }

  /** True where a transcript is there of what a hook's event tells of. */
  isThere(event: string): boolean {
    const readings = [...this.#readings.values()];
    if (event === "SubagentStop") return readings.length > 0;
    return readings.some(({ file }) => file.agentId === null);
  }

  /** True once the session has a row. */
  get isRecorded(): boolean {
    const left = [...this.#left.values()].map(({ cursor }) => cursor.session.createdAt !== null);
    return left.includes(true) || [...this.#readings.values()].some((of) => of.reader.hasSession);
  }

  /**
   * What the last SessionEnd hook says. Of a session that was left before its first prompt nothing: it
   * has no row, and gets none for its end.
   */
  end(): IngestRecord[] {
    if (this.endedAt === null || !this.isRecorded) return [];
    return [sessionEnd(this.sessionId, this.endedAt)];
  }

  /** A Stop or SubagentStop hook's note (M6). */
  stop(agentId: string | null, stop: Stop): void {
    if (this.#give(agentId, stop)) return;
    this.#stops = [...this.#stops, { agentId, stop }].slice(-MOST_STOPS);
  }

  #give(agentId: string | null, stop: Stop): boolean {
    const of = [...this.#readings.values()].filter(({ file }) => file.agentId === agentId);
    const latest = of
      .toSorted((a, b) => Number(a.file.stats.mtimeNs - b.file.stats.mtimeNs))
      .at(-1);
    if (latest === undefined) return false;
    latest.reader.stop(stop);
    latest.readAs = null;
    return true;
  }

  /** Looks which transcripts are there now; in all projects where asked, or where one is gone. Throws like fs. */
  look(everywhere = false): void {
    const near = everywhere ? null : this.#near();
    if (near) {
      this.#take(near);
      return;
    }
    const found = this.#places.find(this.sessionId);
    this.#lookedAt = performance.now();
    this.#projects = found.projects;
    this.#take(found);
  }

  /** What is where it was found before; null where one is gone, or it is time to look in all projects. */
  #near(): SessionFiles | null {
    const isDue = performance.now() - this.#lookedAt > EVERYWHERE;
    if (isDue || this.#projects.length === 0) return null;
    const near = this.#places.find(this.sessionId, this.#projects);
    const paths = new Set([...near.own, ...near.agents].map(({ path }) => path));
    return [...this.#readings.keys()].every((path) => paths.has(path)) ? near : null;
  }

  /** Reads what is there now, portion by portion; each is to be acknowledged before the next. Throws like fs. */
  *read(): Generator<Found> {
    this.look();
    let grew = false;
    for (const reading of this.#readings.values()) {
      const as = marked(reading.file.stats);
      if (reading.readAs === as) continue;
      for (const portion of readPortions(reading.reader)) {
        grew ||= portion.grew;
        yield portion;
      }
      reading.readAs = as;
    }
    if (grew) yield* this.#lone();
  }

  /** To be saved once all that was read is acknowledged. */
  positions(): SessionPositions {
    const { sessionId, ended, endedAt, waiting } = this;
    const read = [...this.#readings.values()].map(
      ({ reader }) => [reader.path, reader.save()] as const,
    );
    const files = Object.fromEntries([...this.#left, ...read]);
    return { sessionId, ended, endedAt, waiting, files };
  }

  /** When one of its transcripts was last written, epoch ms; 0 where there is none. */
  lastWritten(): number {
    const times = [...this.#readings.values()].map(({ file }) => Number(file.stats.mtimeMs));
    return Math.max(0, ...times);
  }

  /** True where a transcript held more when it was found than was acknowledged before, or is another file. */
  hasGrown(): boolean {
    return [...this.#readings.values()].some(
      ({ from, file: { stats } }) =>
        from === null || from.position !== Number(stats.size) || from.inode !== Number(stats.ino),
    );
  }

  /** True where an older version read it, which handed out less: it is to be read again, once. */
  get isOutdated(): boolean {
    return [...this.#readings.values()].some(({ from }) => from !== null && isOutdated(from));
  }

  *#lone(): Generator<Found> {
    const files = [...this.#readings.values()].map(({ file }) => file);
    if (files.some(({ agentId }) => agentId === null)) return;
    yield* readLone({ sessionId: this.sessionId, own: [], agents: files });
  }

  #take({ own, agents }: SessionFiles): void {
    const files = new Map([...own, ...agents].map((file) => [file.path, file]));
    for (const [path, { reader, file }] of this.#readings) {
      if (files.get(path)?.stats.ino === file.stats.ino) continue;
      this.#left.set(path, reader.save());
      this.#readings.delete(path);
    }
    const inodes = new Set([...files.values()].map(({ stats }) => Number(stats.ino)));
    const readings = [...files.values()].map((file) => this.#readingOf(file, inodes));
    // The session's own first, as an import reads them.
    this.#readings.clear();
    for (const reading of readings) this.#readings.set(reading.file.path, reading);
    this.#stops = this.#stops.filter(({ agentId, stop }) => !this.#give(agentId, stop));
    if (this.waiting && this.isThere(this.waiting.event)) this.waiting = null;
  }

  /** A sub-agent's type and starter may be told after its first lines, which are then read again. */
  #readingOf(file: TranscriptFile, inodes: ReadonlySet<number>): Reading {
    const known = this.#readings.get(file.path);
    if (known && markedMeta(known.file) === markedMeta(file)) return { ...known, file };
    const { sessionId } = this;
    const { agentId } = file;
    const meta = agentId === null ? { agentType: null } : metaOf(file.path);
    const owner = { sessionId, agentId, ...meta };
    if (known && isKnown(known.reader.owner, owner)) return { ...known, file };
    const from = this.#positionOf(file, inodes);
    return { reader: new TranscriptReader(file.path, owner, from), from, file, readAs: null };
  }

  /**
   * Where a transcript was left, in its old place where it was moved. One of another inode may be a new
   * version of it, unless that is the old one's that was moved.
   */
  #positionOf({ path, stats }: TranscriptFile, inodes: ReadonlySet<number>): SavedPosition | null {
    const inode = Number(stats.ino);
    const moved = [...this.#left].find(([, position]) => position.inode === inode);
    const [left, position] = moved ?? [path, this.#left.get(path)];
    if (!position || (!moved && inodes.has(position.inode))) return null;
    this.#left.delete(left);
    return position;
  }
}

function marked({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}:${size}:${mtimeNs}`;
}

function markedMeta({ meta }: TranscriptFile): string | null {
  return meta && marked(meta);
}

/** True where `found` tells nothing of a sub-agent that `known` does not. */
function isKnown(known: TranscriptOwner, found: TranscriptOwner): boolean {
  const { agentType, toolUseId = null } = found;
  if (agentType !== null && agentType !== known.agentType) return false;
  return toolUseId === null || toolUseId === known.toolUseId;
}

import { MIN_TIME, type SessionStatus, TitleKind } from "@duolog/contract";
import { larger } from "../../json.ts";
import type { TitleRank } from "../../lines/body.ts";
import type { CostState } from "../../lines/costState.ts";
import { lastName } from "../../paths.ts";
import type { KnownSession } from "../../rows/session.ts";
import { titleLine, wireLine } from "../../rows/text.ts";
import { fullest } from "../../rows/tokens.ts";
import type { Place } from "../place.ts";

interface Observed {
  readonly at: number;
  readonly seq: number;
}

/** A value and when it was observed (M4): epoch ms, then the line's offset. */
interface Fact<T> {
  value: T;
  at: number;
  seq: number;
}

/** What is told of a session: what its last line says, of the path its first. */
interface Facts {
  readonly projectPath: string;
  readonly gitBranch: string;
  readonly agentVersion: string;
  readonly model: string;
  readonly forkedFromId: string;
  readonly status: SessionStatus;
  readonly error: string;
}

type Name = keyof Facts;
type Told = { [K in Name]?: Fact<Facts[K]> };
type Rank = TitleRank | "prompt";

/** Titles, weakest first; of one rank the last wins, of prompts the first. */
const RANKS: Record<Rank, number> = { prompt: 1, summary: 2, ai: 3, custom: 4 };

const TITLE_KINDS: Record<Rank, TitleKind> = {
  prompt: TitleKind.prompt,
  summary: TitleKind.generated,
  ai: TitleKind.generated,
  custom: TitleKind.user,
};

/** How many lines back the message may lie that a summary is of. */
const MOST_RECENT = 16;

/** A session as a transcript's lines tell it. Plain data; times are epoch ms. */
export interface SessionState {
  readonly id: string;
  readonly facts: Readonly<Told>;
  readonly title: (Fact<string> & { readonly rank: Rank }) | null;
  readonly counted: CostState | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  /** The latest observation. */
  readonly top: Observed;
  /** The uuids of its last lines. */
  readonly recent: readonly string[];
}

/** Gathers what lines tell of one session, and hands out what changed, each as observed when it was. */
export class SessionFacts {
  readonly id: string;
  readonly #facts: Told;
  #title: SessionState["title"];
  #counted: CostState | null;
  #createdAt: number | null;
  #updatedAt: number | null;
  readonly #top: { at: number; seq: number };
  readonly #recent: string[];
  /** As the lines had it. */
  readonly #told = new Map<Name, string>();
  /** Not handed out yet. */
  readonly #news = new Set<Name | "title" | "rest">();

  constructor(id: string, saved: SessionState | null = null) {
    this.id = id;
    this.#facts = copyOf(saved?.facts ?? {});
    this.#title = saved?.title ?? null;
    this.#counted = saved?.counted ?? null;
    this.#createdAt = saved?.createdAt ?? null;
    this.#updatedAt = saved?.updatedAt ?? null;
    this.#top = { at: MIN_TIME, seq: 0, ...saved?.top };
    this.#recent = [...(saved?.recent ?? [])];
    if (saved !== null && !this.isThere) this.#tellAll();
  }

  /** True once it has a row. */
  get isThere(): boolean {
    return this.#updatedAt !== null || this.#facts.status !== undefined;
  }

  toState(): SessionState {
    const [createdAt, updatedAt] = [this.#createdAt, this.#updatedAt];
    const [facts, recent] = [copyOf(this.#facts), [...this.#recent]];
    const [title, counted, top] = [this.#title, this.#counted, { ...this.#top }];
    return { id: this.id, facts, title, counted, createdAt, updatedAt, top, recent };
  }

  /** A line was written, by whomever; `begins` where the session may have begun with it. */
  seen({ at, observedAt, offset }: Place, begins = true): void {
    this.#raiseTop(observedAt, offset);
    if (at === null) return;
    this.#news.add("rest");
    if (begins) this.#createdAt ??= at;
    this.#updatedAt = larger(this.#updatedAt, at);
  }

  /** By which a summary is told to be of this session. */
  noteLine(uuid: string): void {
    this.#recent.push(uuid);
    if (this.#recent.length > MOST_RECENT) this.#recent.shift();
  }

  /** Whether that is one of its last lines. */
  isRecent(uuid: string): boolean {
    return this.#recent.includes(uuid);
  }

  /** What the line tells, null where it does not; of the path, where it began, the first counts. */
  tell<K extends Name>(
    name: K,
    told: Facts[K] | null,
    { observedAt: at, offset: seq }: Place,
  ): void {
    if (told === null) return;
    const known: Fact<Facts[K]> | undefined = this.#facts[name];
    const order = known ? compare({ at, seq }, known) : 0;
    if (name === "projectPath" ? known && order >= 0 : order < 0) return;
    // Most lines repeat it.
    const value = known && this.#told.get(name) === told ? known.value : wired(told);
    this.#told.set(name, told);
    if (known) Object.assign(known, { value, at, seq });
    else this.#facts[name] = { value, at, seq } as Told[K];
    this.#news.add(name);
  }

  /** A title of that rank; `at` is the latest time told, as titles' lines tell none. */
  entitle(rank: Rank, text: string | null, at: number, seq: number): void {
    const known = this.#title;
    const order = known ? RANKS[rank] - RANKS[known.rank] : 1;
    const isFirst = rank === "prompt" && known !== null && compare(known, { at, seq }) > 0;
    if (order < 0 || (order === 0 && rank === "prompt" && !isFirst)) return;
    const value = titleLine(text);
    if (value === null) return;
    this.#title = { value, rank, at, seq };
    this.#raiseTop(at, seq);
    this.#news.add("title");
  }

  /** What Claude Code counted: cumulative, also over a session that is resumed. */
  count(counted: CostState): void {
    const known = this.#counted ?? counted;
    this.#counted = {
      cost: larger(known.cost, counted.cost),
      tokens: fullest(known.tokens, counted.tokens),
      linesAdded: larger(known.linesAdded, counted.linesAdded),
      linesRemoved: larger(known.linesRemoved, counted.linesRemoved),
    };
    this.#news.add("rest");
  }

  /** What was not handed out yet, one for each time of observation; nothing before it is there. */
  take(): KnownSession[] {
    if (!this.isThere || this.#news.size === 0) return [];
    const taken = new Map<string, KnownSession>();
    const put = (at: number, seq: number, told: Partial<KnownSession>) => {
      const key = `${at} ${seq}`;
      const known = taken.get(key) ?? { id: this.id, observedAt: at, observedSeq: seq };
      taken.set(key, { ...known, ...told });
    };
    for (const name of this.#news) {
      const fact = name === "title" || name === "rest" ? undefined : this.#facts[name];
      if (fact) put(fact.at, fact.seq, toldOf(name as Name, fact.value));
    }
    const title = this.#news.has("title") ? this.#title : null;
    if (title) {
      put(title.at, title.seq, { title: title.value, titleKind: TITLE_KINDS[title.rank] });
    }
    put(this.#top.at, this.#top.seq, {
      ...this.#counted,
      createdAt: this.#createdAt,
      updatedAt: this.#updatedAt,
    });
    this.#news.clear();
    return [...taken.values()];
  }

  #tellAll(): void {
    for (const name of Object.keys(this.#facts)) this.#news.add(name as Name);
    if (this.#title) this.#news.add("title");
    this.#news.add("rest");
  }

  #raiseTop(at: number, seq: number): void {
    const top = this.#top;
    if (at < top.at || (at === top.at && seq <= top.seq)) return;
    top.at = at;
    top.seq = seq;
    this.#news.add("rest");
  }
}

function copyOf(facts: Readonly<Told>): Told {
  const copies = Object.entries(facts).map(([name, fact]) => [name, { ...fact }]);
  return Object.fromEntries(copies);
}

/** Above 0 where `a` was observed later. */
function compare(a: Observed, b: Observed): number {
  return a.at - b.at || a.seq - b.seq;
}

function wired<T extends string>(told: T): T {
  return (wireLine(told) ?? told) as T;
}

function toldOf(name: Name, value: string): Partial<KnownSession> {
  if (name !== "projectPath") return { [name]: value };
  return { projectPath: value, projectName: lastName(value) };
}

import type { Body } from "../lines/body.ts";

/** How many lines back the message may lie that a summary is of. */
const MOST = 16;

/**
 * The uuids of a session's last lines, by which a `summary` is told to be of this session: up to
 * 1.x, Claude Code wrote summaries of a project's other conversations, which lacked one, into the
 * transcript that it had just begun (anthropics/claude-code#2597).
 */
export class RecentLines {
  #uuids: readonly string[];

  constructor(uuids: readonly string[]) {
    this.#uuids = uuids;
  }

  /** Plain data, the last one last. */
  get uuids(): readonly string[] {
    return this.#uuids;
  }

  add(uuid: string): void {
    this.#uuids = [...this.#uuids, uuid].slice(-MOST);
  }

  /** Whether it is a summary of a message that is none of these. */
  isOfOthers(body: Body): boolean {
    return body.kind === "title" && body.leaf !== null && !this.#uuids.includes(body.leaf);
  }
}

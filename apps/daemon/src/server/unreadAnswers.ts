import type { Peer } from "./callGate.ts";

/**
 * The answers that all connections were sent and have not read yet. Where they are more than `most`
 * bytes, the connections that began to leave theirs unread before the others are cut, until no more
 * is unread or only the one that was answered last is left: who reads is not held up.
 */
export class UnreadAnswers {
  readonly #most: number;
  /** In the order in which they began not to have read. */
  readonly #peers = new Set<Peer>();

  constructor(most: number) {
    this.#most = most;
  }

  /** To be told when an answer was sent that the peer has not read at once. */
  sent(peer: Peer): void {
    this.#peers.add(peer);
    let bytes = this.#countUnread();
    for (const oldest of this.#peers) {
      if (bytes <= this.#most) return;
      if (oldest === peer) continue;
      bytes -= oldest.unreadBytes();
      this.#peers.delete(oldest);
      oldest.drop("oldest of too many answers that are not read");
    }
  }

  /** Forgets who has read all, or is gone. */
  #countUnread(): number {
    let bytes = 0;
    for (const peer of this.#peers) {
      const unread = peer.isGone() ? 0 : peer.unreadBytes();
      if (unread === 0) this.#peers.delete(peer);
      bytes += unread;
    }
    return bytes;
  }
}

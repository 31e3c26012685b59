import { describe, expect, test } from "vitest";
import type { Peer } from "../../src/server/callGate.ts";
import { UnreadAnswers } from "../../src/server/unreadAnswers.ts";

class TestPeer implements Peer {
  unread = 0;
  dropped = false;
  isOpen = () => !this.dropped;
  isGone = () => this.dropped;
  unreadBytes = () => this.unread;
  drop = () => {
    this.dropped = true;
  };
}

const MOST = 100;

/** Peers that are sent answers in turns; gives which of them are cut, by their numbers. */
function cutAfter(steps: (send: (peer: number, bytes: number) => void, read: Read) => void) {
  const peers = Array.from({ length: 5 }, () => new TestPeer());
  const answers = new UnreadAnswers(MOST);
  const at = (number: number) => peers[number] as TestPeer;
  steps(
    (number, bytes) => {
      at(number).unread += bytes;
      answers.sent(at(number));
    },
    (number) => {
      at(number).unread = 0;
    },
  );
  return peers.flatMap(({ dropped }, number) => (dropped ? [number] : []));
}
type Read = (peer: number) => void;

describe("too many unread answers cost", () => {
  test("nobody, as long as they are no more than the bound", () => {
    expect(cutAfter((send) => [0, 1, 2, 3].map((peer) => send(peer, 25)))).toEqual([]);
  });

  test("as many of the oldest as it takes", () => {
    const steps = (send: (peer: number, bytes: number) => void) => {
      for (const peer of [0, 1, 2]) send(peer, 30);
      send(3, 60);
    };
    // 150 less the 30 of the first two are 90.
    expect(cutAfter(steps)).toEqual([0, 1]);
  });

  test("never who was answered last, however much that was", () => {
    expect(cutAfter((send) => send(0, 1_000))).toEqual([]);
    const older = (send: (peer: number, bytes: number) => void) => {
      send(0, 40);
      send(1, 40);
      send(0, 40);
    };
    expect(cutAfter(older)).toEqual([1]);
  });

  test("not who has read meanwhile, though answered first", () => {
    const steps = (send: (peer: number, bytes: number) => void, read: Read) => {
      send(0, 60);
      send(1, 40);
      read(0);
      send(2, 30);
      send(0, 60);
    };
    expect(cutAfter(steps)).toEqual([1]);
  });
});

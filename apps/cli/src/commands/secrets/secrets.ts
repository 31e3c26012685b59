import { throughDaemon } from "../../daemon/read.ts";
import { Progress, type Screen } from "../../import/progress.ts";
import { type Output, quietJson } from "../../output/output.ts";
import { count, oneLine, when } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import { Scanner } from "../../secrets/Scanner.ts";
import { lookForSecrets, type SecretPlace, type Unscanned } from "./lookForSecrets.ts";

/** One page of rows, ms: of long ones on a slow disk. */
const READ_MS = 60_000;

/**
 * Lists which kinds of secrets the record holds and where, never a secret; writes each as it is found.
 * Throws Failure where the daemon does not answer.
 */
export async function secrets(
  place: Place,
  env: NodeJS.ProcessEnv,
  output: Output,
  screen: Screen | null,
): Promise<void> {
  const list = output.json ? jsonList(output) : textList(output);
  const scanner = new Scanner();
  try {
    await throughDaemon(place, env, READ_MS, async (rpc) => {
      const sessions = (await rpc.health())?.sessions ?? 0;
      const progress = new Progress(screen, { sessions, bytes: sessions }, performance.now());
      await lookForSecrets(rpc.reader, scanner, {
        ...list,
        rows: (rows) => progress.read(rows, performance.now()),
        sessionDone: () => progress.sessionDone(1),
      }).finally(() => progress.end());
    });
  } finally {
    await scanner.close();
  }
  list.end();
}

interface List {
  found(place: SecretPlace): void;
  unscanned(place: Unscanned): void;
  end(): void;
}

/** `{"found": […], "unscanned": […]}`, of which only what could not be scanned is held. */
function jsonList({ write }: Output): List {
  const unscanned: Unscanned[] = [];
  let before = '{\n"found": [\n';
  return {
    found(place) {
      write(before + quietJson(place, 0));
      before = ",\n";
    },
    unscanned: (place) => unscanned.push(place),
    end: () =>
      write(`${before === ",\n" ? "" : before}],\n"unscanned": ${quietJson(unscanned, 0)}\n}\n`),
  };
}

function textList({ write }: Output): List {
  const kinds = new Map<string, number>();
  let left = 0;
  return {
    found({ kind, count: more, ...place }) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + more);
      write(`${kind}${more > 1 ? ` (${more})` : ""}  ${placeText(place)}\n`);
    },
    unscanned(place) {
      left++;
      write(`not scanned in time  ${placeText(place)}\n`);
    },
    end() {
      const sums = [...kinds].map(([kind, sum]) => `${sum.toLocaleString("en-US")} ${kind}`);
      write(sums.length === 0 ? "no secrets found\n" : `\n${sums.join(", ")}\n`);
      if (left > 0) write(`${count(left, "text")} not scanned\n`);
    },
  };
}

const NAMES = { session: "session", message: "message", toolCall: "tool call", event: "event" };

function placeText({ at, sessionId, entity, id, field }: Unscanned): string {
  const row = entity === "session" ? "" : ` ${NAMES[entity]} ${oneLine(id, 80)}`;
  return `${when(at)}  session ${oneLine(sessionId, 80)}${row}  ${field}`;
}

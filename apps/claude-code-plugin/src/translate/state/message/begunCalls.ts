import type { AssistantLine } from "../../lines/assistantLine.ts";
import { absolutePath } from "../../paths.ts";
import { wireLine } from "../../rows/text.ts";
import type { KnownToolCall } from "../../rows/toolCall.ts";
import type { ToolUse } from "../../tools/toolUse.ts";
import type { Place } from "../place.ts";
import { BlockOrder } from "./blockOrder.ts";

/** What was handed out of a call. */
interface Begun {
  readonly position: number;
  readonly createdAt: number | null;
  readonly inputLength: number;
}

/** The calls of one assistant message, as its lines tell them one after the other. */
export class BegunCalls {
  readonly #messageId: string;
  readonly #order = new BlockOrder();
  readonly #begun = new Map<string, Begun>();

  constructor(messageId: string) {
    this.#messageId = messageId;
  }

  has(id: string): boolean {
    return this.#begun.has(id);
  }

  /**
   * The calls that the message's next line tells and that were not told as fully before: a block
   * that is repeated is the same call.
   */
  add(line: AssistantLine, place: Place, cwd: string | null): KnownToolCall[] {
    const order = line.marks.map((mark) => this.#order.placeOf(mark));
    return line.calls.flatMap((use) => {
      const known = this.#begun.get(use.id);
      const inputLength = use.input?.length ?? 0;
      if (known && inputLength <= known.inputLength) return [];
      const told = line.index === null ? order[use.order] : line.index + use.order;
      const begun = {
        position: known?.position ?? told ?? use.order,
        createdAt: known ? known.createdAt : place.at,
        inputLength,
      };
      this.#begun.set(use.id, begun);
      return [toCall(use, this.#messageId, begun, place, cwd)];
    });
  }
}

function toCall(
  use: ToolUse,
  messageId: string,
  begun: Begun,
  place: Place,
  cwd: string | null,
): KnownToolCall {
  const { sessionId, agentId, isSidechain } = place;
  return {
    id: use.id,
    sessionId,
    messageId,
    agentId,
    isSidechain,
    position: begun.position,
    name: use.name,
    kind: use.kind,
    status: "running",
    input: use.input,
    filePath: use.path === null ? null : wireLine(absolutePath(use.path, cwd)),
    createdAt: begun.createdAt,
    updatedAt: place.at,
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}

import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/**
 * The bytes that all connections have sent and that are not served yet: of messages that are not
 * whole, and of whole ones that wait for their turn. Where they are more than `most`, the
 * connection that has sent most of them is cut: who leaves messages unfinished, and not who comes
 * next.
 */
export class Intake {
  readonly #most: number;
  readonly #shares = new Set<Share>();
  #total = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts what a connection sends from now on, until it closes; `drop` cuts it. */
  open(client: WebSocket, socket: Socket, drop: (reason: string) => void): Share {
    const share = new Share(drop, (by) => {
      this.#total += by;
      while (this.#total > this.#most) this.#dropLargest();
    });
    this.#shares.add(share);
    // Before ws, which says of the same bytes that they make a message.
    socket.prependListener("data", (chunk: Buffer) => share.came(chunk.length));
    client.on("ping", ({ length }) => share.answered(length));
    client.on("pong", ({ length }) => share.answered(length));
    client.once("close", () => this.#end(share));
    return share;
  }

  #dropLargest(): void {
    const shares = [...this.#shares];
    const largest = shares.reduce((most, share) => (share.bytes > most.bytes ? share : most));
    this.#end(largest);
    largest.drop("most of too many bytes that wait");
  }

  #end(share: Share): void {
    this.#shares.delete(share);
    share.end();
  }
}

/** What one connection has sent and was not served. All numbers are bytes. */
export class Share {
  /** Cuts the connection. */
  readonly drop: (reason: string) => void;
  readonly #changed: (by: number) => void;
  #chunk = 0;
  #unfinished = 0;
  #waiting = 0;
  #ended = false;

  constructor(drop: (reason: string) => void, changed: (by: number) => void) {
    this.drop = drop;
    this.#changed = changed;
  }

  get bytes(): number {
    return this.#unfinished + this.#waiting;
  }

  /** So many bytes came in one go. */
  came(bytes: number): void {
    this.#chunk = bytes;
    this.#set(this.#unfinished + bytes, this.#waiting);
  }

  /** A ping or a pong of that length was whole. */
  answered(length: number): void {
    this.#set(Math.max(0, this.#unfinished - length - headOf(length)), this.#waiting);
  }

  /** A message of that length is whole and waits. */
  finished(length: number): void {
    const rest = Math.max(0, this.#unfinished - length - headOf(length));
    // What came behind it came in the same go; the heads of its fragments are not told.
    this.#set(Math.min(rest, this.#chunk), this.#waiting + length);
  }

  /** A message of that length was served. */
  served(length: number): void {
    this.#set(this.#unfinished, this.#waiting - length);
  }

  /** Nothing counts any more. */
  end(): void {
    this.#set(0, 0);
    this.#ended = true;
  }

  #set(unfinished: number, waiting: number): void {
    if (this.#ended) return;
    const by = unfinished + waiting - this.bytes;
    this.#unfinished = unfinished;
    this.#waiting = waiting;
    this.#changed(by);
  }
}

/** What a client's frame has besides its content, as short as it may be. */
function headOf(length: number): number {
  if (length < 126) return 6;
  return length < 65_536 ? 8 : 14;
}

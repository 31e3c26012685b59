import { residentBytes } from "../bench/proc.ts";
import { pidIn } from "./chaos.ts";

const EVERY_MS = 1_000;
/** What a process needs to warm up, s, which does not count. */
const WARM_UP = 10;

/** Watches how much memory the daemon has. */
export class MemoryWatch implements Disposable {
  readonly #samples = new Map<number, number[]>();
  readonly #timer: NodeJS.Timeout;

  constructor(dataDir: string) {
    this.#timer = setInterval(() => this.#look(dataDir), EVERY_MS);
  }

  #look(dataDir: string): void {
    const pid = pidIn(dataDir, "daemon.pid");
    if (pid === null) return;
    const samples = this.#samples.get(pid) ?? [];
    this.#samples.set(pid, samples);
    try {
      samples.push(residentBytes(pid) / 1e6);
    } catch {
      // It ended meanwhile.
    }
  }

  /** The most that any daemon had, MB. */
  most(): number {
    return Math.max(0, ...[...this.#samples.values()].flat());
  }

  /** Of the daemon that lived longest: the most in each half of its life, MB. */
  halves(): [first: number, second: number] {
    const longest = [...this.#samples.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
    const counted = longest.slice(WARM_UP);
    const half = counted.length >> 1;
    return [Math.max(0, ...counted.slice(0, half)), Math.max(0, ...counted.slice(half))];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

import type { Bus, EventDomain, Rules } from "./Bus.ts";
import type { Definition } from "./loadPlugin.ts";

/** One directory in which somebody works: an instance of each plugin. */
export class Location {
  readonly #events: EventDomain;
  readonly #rules: Rules;
  readonly #directory: string;
  #cleanup: unknown;

  constructor(bus: Bus, rules: Rules, directory: string) {
    this.#events = bus.domain(rules);
    this.#rules = rules;
    this.#directory = directory;
  }

  /**
   * packages/core/src/plugin.ts, `load`, and the end of packages/plugin/src/promise/adapter.ts:
   * setup is waited for, and one that throws is a failed plugin.
   */
  async setUp(plugin: Definition): Promise<"active" | "failed"> {
    const { setup } = plugin;
    try {
      this.#cleanup = await setup(this.#context());
      return "active";
    } catch {
      return "failed";
    }
  }

  /** The scope's end: cleanup is waited for without a limit; finalizers run in reverse order. */
  async close(): Promise<void> {
    if (this.#rules.closesFirst) this.#events.close();
    if (typeof this.#cleanup === "function") await this.#cleanup();
    this.#events.close();
  }

  #context(): unknown {
    const unused = () => {
      throw new Error("a recorder only listens");
    };
    return {
      app: { name: "cli", version: "2.0.26", channel: "latest" },
      location: {
        directory: this.#directory,
        project: { id: "global", directory: this.#directory, canonical: this.#directory },
      },
      options: {},
      event: this.#events,
      session: { create: unused, prompt: unused, get: unused, context: unused },
      storage: { get: unused, set: unused },
    };
  }
}

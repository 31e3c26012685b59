import { readdirSync } from "node:fs";
import { expect } from "vitest";
import { cleanEnv, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { type Captured, readRecording } from "../recordings/v2/replay.ts";
import { Host, type HostOptions } from "./Host.ts";

/** As `ctx.event` gives it. */
export type Event = Captured["event"] & { location?: { directory: string } };

/** The events of a recording. */
export const recorded = (name: string): Event[] => readRecording(name).map(({ event }) => event);

/** A host with the real daemon behind its plugin. */
export class Stage implements AsyncDisposable {
  host: Host;
  readonly daemon: TestDaemon;

  private constructor(host: Host, daemon: TestDaemon) {
    this.host = host;
    this.daemon = daemon;
  }

  static async set(runtime: string, options: Partial<HostOptions> = {}): Promise<Stage> {
    const daemon = await TestDaemon.start();
    const env = cleanEnv(daemon.paths.root);
    return new Stage(await Host.start({ runtime, env, ...options }), daemon);
  }

  /** Starts the service anew, after its end. */
  async begin(runtime: string): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    this.host = await Host.start({ runtime, env: cleanEnv(this.daemon.paths.root) });
  }

  /** What is recorded of a session in the end, and that nothing was refused or printed. */
  async expectSaid(session: string, said: string[]): Promise<void> {
    const { database, rejected } = this.daemon.paths;
    await expect.poll(() => spoken(database, session), { timeout: 10_000 }).toEqual(said);
    expect(readdirSync(rejected)).toEqual([]);
    expect(this.host.printed).toEqual([]);
  }

  rows(sql: string): Record<string, unknown>[] {
    return queryRows(this.daemon.paths.database, sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await this.daemon[Symbol.asyncDispose]();
  }
}

/** What a session says, by time: `user: hello`. A message without text is `-`. */
export function spoken(database: string, session: string): string[] {
  const rows = queryRows<{ role: string; text_content: string | null }>(
    database,
    "SELECT role, text_content FROM messages WHERE session_id = ? ORDER BY created_at",
    session,
  );
  return rows.map(({ role, text_content }) => `${role}: ${text_content ?? "-"}`);
}

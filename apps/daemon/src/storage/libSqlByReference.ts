import { PrismaLibSql } from "@prisma/adapter-libsql";

type LibSqlClient = ReturnType<PrismaLibSql["createClient"]>;

/** Fails with SQLITE_BUSY, and leaves nothing behind, where a statement that writes would. */
const CAN_WRITE = "BEGIN IMMEDIATE; COMMIT";

/** No text that is stored has a NUL, so no argument of anybody else is taken for a reference. */
const REFERENCE = "\0ref:";

/**
 * Prisma's adapter for libSQL, to which long texts can be handed by reference. Prisma writes the
 * arguments of a raw statement as JSON, parses them again, and keeps those of the last hundred for
 * its debug output: on the path of every batch that is a third of the time, and the memory of a
 * hundred batches.
 *
 * It also sees that what was written is committed. A prepared statement that SQLite answers with
 * SQLITE_BUSY stays in progress until libSQL's object is collected, and while a statement that
 * writes is in progress SQLite commits no other: later writes would seem to succeed and be lost
 * with the process. So the lock is tried without a prepared statement first.
 */
export class LibSqlByReference extends PrismaLibSql {
  readonly #texts = new Map<string, string>();
  readonly #settings: string;
  #last = 0;

  /** @param settings SQL that each connection begins with */
  constructor(config: ConstructorParameters<typeof PrismaLibSql>[0], settings: string) {
    super(config, { timestampFormat: "unixepoch-ms" });
    this.#settings = settings;
  }

  /** The argument to give to Prisma for `text`, good until `release`. */
  refer(text: string, kind: "read" | "write"): string {
    const reference = `${REFERENCE}${kind}:${++this.#last}`;
    this.#texts.set(reference, text);
    return reference;
  }

  release(reference: string): void {
    this.#texts.delete(reference);
  }

  override createClient(config: Parameters<PrismaLibSql["createClient"]>[0]): LibSqlClient {
    const client = super.createClient(config);
    const execute = client.execute.bind(client) as (statement: unknown) => Promise<never>;
    const settled = client.executeMultiple(this.#settings);
    client.execute = async (statement: unknown) => {
      await settled;
      const { sql, args } = statement as { sql: string; args: unknown[] };
      const resolved = { sql, args: args.map((arg) => this.#texts.get(arg as string) ?? arg) };
      if (!args.some(isWrite)) return execute(resolved);
      await client.executeMultiple(CAN_WRITE);
      try {
        return await execute(resolved);
      } catch (error) {
        if (isBusy(error)) await this.#renew(client);
        throw error;
      }
    };
    return client;
  }

  /** Another program was faster: leaves the statement in progress to a connection of no use. */
  async #renew(client: LibSqlClient): Promise<void> {
    await client.reconnect();
    await client.executeMultiple(this.#settings);
  }
}

function isWrite(arg: unknown): boolean {
  return typeof arg === "string" && arg.startsWith(`${REFERENCE}write:`);
}

function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY");
}

import type { Rows, Writer } from "../../src/storage/record/writer.ts";

type EachAlone = {
  [Name in keyof Rows]: (...args: Parameters<Rows[Name]>) => Promise<ReturnType<Rows[Name]>>;
};

/** A transaction's steps, each in one of its own. */
export function eachAlone({ transaction }: Writer): EachAlone {
  return {
    readSessions: (ids) => transaction((rows) => rows.readSessions(ids)),
    readMessages: (keys) => transaction((rows) => rows.readMessages(keys)),
    writeSessions: (sessions) => transaction((rows) => rows.writeSessions(sessions)),
    writeMessages: (messages) => transaction((rows) => rows.writeMessages(messages)),
  };
}

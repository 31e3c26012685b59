// A plugin of OpenCode 1 that writes down the types of the events which plugins are told of, each once
// and a line each, into the file that $EVENT_TYPES names.
import { appendFileSync } from "node:fs";

const told = new Set();

export default async function probe() {
  return {
    async event({ event }) {
      if (told.has(event.type)) return;
      told.add(event.type);
      appendFileSync(process.env.EVENT_TYPES, `${event.type}\n`);
    },
  };
}

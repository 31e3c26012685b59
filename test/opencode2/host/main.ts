import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import { Bus, POISON, RULES, type Rules } from "./Bus.ts";
import { Location } from "./Location.ts";
import { type Definition, importEntry, loadPlugin } from "./loadPlugin.ts";
import type { Answer, Command } from "./protocol.ts";

/**
 * OpenCode 2's background service as far as a plugin sees it. Takes commands on stdin and answers on
 * stdout, a line each; whatever else is on either output is the plugin's.
 */
const directory = process.argv[2] ?? "";
const rules: Rules = { ...RULES, ...JSON.parse(process.argv[3] ?? "{}") };
const bus = new Bus();
const locations = new Map<string, Location>();

async function open(name: string, revision: number, file?: string): Promise<string> {
  const plugin = await load(revision, file);
  if (typeof plugin === "string") return plugin;
  const location = new Location(bus, rules, name);
  locations.set(name, location);
  return `${plugin.id} ${await location.setUp(plugin)}`;
}

/** packages/core/src/plugin/supervisor.ts: a plugin that can't be loaded is listed as failed. */
async function load(revision: number, file?: string): Promise<Definition | string> {
  try {
    const plugin = await (file ? importEntry(file, revision) : loadPlugin(directory, revision));
    return plugin ?? "dropped";
  } catch {
    return "failed";
  }
}

async function close(name: string): Promise<void> {
  await locations.get(name)?.close();
  locations.delete(name);
}

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case "open":
      return open(command.location, command.revision ?? 0);
    case "reload":
      await close(command.location);
      return open(command.location, command.revision, command.file);
    case "evict":
      return close(command.location);
    case "publish":
      for (const event of command.events) {
        bus.publish(event);
        if (command.slowly) await turn();
      }
      return undefined;
    case "poison":
      return bus.publish(POISON);
    case "streams":
      return bus.open;
    case "stop":
      // packages/client/src/promise/service.ts: the stop request; who sent it kills after 5 s.
      for (const name of [...locations.keys()]) await close(name);
      process.exitCode = 0;
      input.close();
      return undefined;
  }
}

const input = createInterface({ input: process.stdin });
let last = Promise.resolve();
input.on("line", (line) => {
  last = last.then(async () => {
    let answer: Answer;
    try {
      answer = { value: await run(JSON.parse(line) as Command) };
    } catch (error) {
      answer = { error: String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  });
});

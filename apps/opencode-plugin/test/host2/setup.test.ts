import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Bus, POISON, RULES, type Rules } from "../../../../test/opencode2/host/Bus.ts";
import type { Capture } from "../../src/capture.ts";
import { SETTLE_MS } from "../../src/capture.ts";
import type { Seats } from "../../src/host2/seats.ts";
import { createSetup, type Life } from "../../src/host2/setup.ts";

const newSeats = (): Seats => ({ alive: [], listener: null, taken: new Set(), failures: 0 });

/** A process with one bus, in which modules of the plugin are set up. */
function newProcess(rules: Partial<Rules> = {}) {
  const bus = new Bus();
  const seats = newSeats();
  const taken: string[] = [];
  /** A module as an import makes it; what it takes is noted under its name. */
  function newModule(name = "", settle: Capture["settle"] = async () => true) {
    const life = {
      begin: vi.fn<Life["begin"]>(),
      end: vi.fn<Life["end"]>(),
      missed: vi.fn<() => void>(),
    };
    const capture = {
      take: (event: unknown) => void taken.push(`${name}${(event as { id: string }).id}`),
      restart: () => {},
      settle,
    };
    const setup = createSetup(capture, life, () => seats);
    const open = () => {
      const event = bus.domain({ ...RULES, ...rules });
      return { event, cleanup: setup({ event }) ?? expect.fail("no instance") };
    };
    return { setup, open, life };
  }
  const publish = (...ids: string[]) => {
    for (const id of ids) bus.publish({ id, type: "x" });
  };
  return { bus, seats, taken, newModule, publish };
}

const soon = () => sleep(20);

test("an instance hears from its setup on, and nothing after its cleanup", async () => {
  const { bus, taken, newModule, publish } = newProcess();
  const { cleanup } = newModule().open();
  publish("1", "2");
  await soon();
  await cleanup();
  publish("3");
  await soon();
  expect({ taken, open: bus.open }).toEqual({ taken: ["1", "2"], open: 0 });
});

test("however many locations there are, one stream is open and each event is taken once", async () => {
  const { bus, taken, newModule, publish } = newProcess();
  const module = newModule();
  for (let n = 0; n < 6; n++) module.open();
  publish("1", "2");
  await soon();
  expect({ taken, open: bus.open }).toEqual({ taken: ["1", "2"], open: 1 });
  expect(module.life.begin).toHaveBeenCalledTimes(1);
});

test("another takes over from one that is cleaned up, and misses nothing that was told meanwhile", async () => {
  const { bus, taken, newModule, publish } = newProcess();
  const module = newModule();
  const [first, second] = [module.open(), module.open()];
  publish("1");
  const ended = first.cleanup();
  publish("2", "3");
  await ended;
  publish("4");
  await soon();
  expect({ taken, open: bus.open }).toEqual({ taken: ["1", "2", "3", "4"], open: 1 });
  expect(module.life.end).not.toHaveBeenCalled();
  await second.cleanup();
  expect(module.life.end).toHaveBeenCalledTimes(1);
});

test("modules that a reload imported anew take turns, the newest first", async () => {
  const { bus, taken, newModule, publish } = newProcess();
  const old = newModule("old ");
  const [first, second] = [old.open(), old.open()];
  publish("1");
  await first.cleanup();
  const anew = newModule("new ");
  const third = anew.open();
  publish("2");
  await soon();
  await second.cleanup();
  expect(old.life.end).toHaveBeenCalledTimes(1);
  publish("3");
  await soon();
  await third.cleanup();
  expect({ taken, open: bus.open }).toEqual({ taken: ["old 1", "old 2", "new 3"], open: 0 });
});

test("a module that was left is set up again, as OpenCode does where the new one fails", async () => {
  const { taken, newModule, publish } = newProcess();
  const module = newModule();
  await module.open().cleanup();
  module.open();
  publish("1");
  await soon();
  expect(taken).toEqual(["1"]);
  expect(module.life.begin).toHaveBeenCalledTimes(2);
});

test.each(["rejects", "ends"])(
  "a stream that %s is opened again, and that events were missed is told",
  async (how) => {
    const { bus, taken, newModule, publish } = newProcess({ settlesNext: true });
    const { life, open } = newModule();
    const instance = open();
    expect(life.missed).toHaveBeenCalledTimes(1);
    await soon();
    if (how === "ends") instance.event.close();
    else bus.publish(POISON);
    await sleep(150);
    publish("1");
    await soon();
    expect(taken).toEqual(["1"]);
    expect(life.missed).toHaveBeenCalledTimes(2);
  },
);

test("streams that go on ending are opened ever more seldom, by each instance in turn", async () => {
  vi.useFakeTimers();
  try {
    const opened: number[] = [];
    const seats = newSeats();
    const setup = createSetup(
      { take: () => {}, restart: () => {}, settle: async () => true },
      { begin: () => {}, end: () => {} },
      () => seats,
    );
    const failing = (number: number) => ({
      event: {
        subscribe: () => {
          opened.push(number);
          throw new Error("no stream");
        },
      },
    });
    // The first of them pauses before there is another.
    for (const number of [1, 2, 3]) setup(failing(number));
    await vi.advanceTimersByTimeAsync(100 + 200 + 400 + 800);
    expect(opened).toEqual([1, 3, 2, 1, 3]);
    const before = opened.length;
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(opened.length - before).toBeGreaterThan(100);
    expect(opened.length - before).toBeLessThan(130);
  } finally {
    vi.useRealTimers();
  }
});

test.each<Partial<Rules>>([{ heedsSignal: false }, { settlesNext: true }, { closesFirst: true }])(
  "cleanup never waits for its own stream: %j",
  async (rules) => {
    const { bus, newModule, publish } = newProcess(rules);
    const { cleanup, event } = newModule().open();
    publish("1");
    await soon();
    const begun = performance.now();
    if (rules.closesFirst) event.close();
    await cleanup();
    expect(performance.now() - begun).toBeLessThan(200);
    publish("2");
    await soon();
    expect(bus.open).toBe(0);
  },
);

test("cleanup ends in its time where the events do not stop coming and nothing is delivered", async () => {
  const { newModule, publish } = newProcess();
  const { open, life } = newModule("", async (limitMs) => {
    await sleep(limitMs);
    return false;
  });
  const { cleanup } = open();
  let n = 0;
  const flood = setInterval(() => publish(String(n++)), 1);
  const begun = performance.now();
  await cleanup();
  clearInterval(flood);
  expect(performance.now() - begun).toBeLessThan(SETTLE_MS + 500);
  // What waits is delivered by the client, which therefore stays.
  expect(life.end).not.toHaveBeenCalled();
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["version 1's preview of it", { options: {}, agent: {}, plugin: {}, skill: {} }],
  ["no function to subscribe with", { event: { subscribe: {} } }],
  [
    "one that throws when read",
    Object.defineProperty({}, "event", {
      get() {
        throw new Error("no reading");
      },
    }),
  ],
])("a context of %s gives no instance, and is not felt", (_what, context) => {
  const { seats, newModule } = newProcess();
  const { setup, life } = newModule();
  expect(setup(context)).toBeUndefined();
  expect(seats).toEqual(newSeats());
  expect(life.begin).not.toHaveBeenCalled();
});

test("a cleanup that is called twice is one", async () => {
  const { newModule } = newProcess();
  const { open, life } = newModule();
  const { cleanup } = open();
  await Promise.all([cleanup(), cleanup()]);
  expect(life.end).toHaveBeenCalledTimes(1);
});

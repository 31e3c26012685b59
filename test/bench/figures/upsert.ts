import { createRpcClient } from "@duolog/client";
import { makeBed } from "../bed.ts";
import { T0 } from "../corpus/messages.ts";
import { recordsOf } from "../corpus/records.ts";
import { type Effort, type Figure, timesFloor } from "../figure.ts";
import { callTime, interleave, median } from "../measure.ts";

/** Calls of a kind in a round; the round's value is their median. */
const CALLS = 60;

/** One acknowledged upsert against a call that does nothing and one durable row of SQLite's. */
export const upsert: Figure = {
  name: "upsert",
  async run({ rounds }: Effort) {
    await using bed = await makeBed();
    const rpc = createRpcClient({
      clientName: "bench",
      clientVersion: "0",
      dataDir: bed.paths.root,
      autostart: false,
    });
    let n = 0;
    const one = async () => {
      n += 1;
      const at = T0 + n;
      const ack = await rpc.upsertSession({ id: `ses_${n}`, source: "opencode", updatedAt: at });
      if (ack.status !== "stored") throw new Error(ack.status);
    };
    const noop = async () => {
      if (!(await rpc.health())) throw new Error("no answer");
    };
    const times = async (call: () => Promise<unknown>) => {
      const each: number[] = [];
      for (let i = 0; i < CALLS; i += 1) each.push(await callTime(call));
      return median(each);
    };
    const raw = () => {
      n += 1;
      const each = Array.from({ length: CALLS }, (_, i) =>
        bed.raw.insert(recordsOf("messages", `u${n}_${i}`, 0, 1), 1),
      );
      return median(each);
    };
    const { sides, ratio } = await interleave(
      rounds,
      () => times(one),
      async () => (await times(noop)) + raw(),
    );
    await rpc.close();
    return [timesFloor("one upsert, against a no-op call + a raw insert", sides, ratio, 1.5)];
  },
};

import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, shareOfFloor } from "../figure.ts";
import { fill } from "../fill.ts";
import { interleave } from "../measure.ts";
import { bundleScript } from "../scripts.ts";
import { slowestRead } from "./reads.ts";
import { sendRate } from "./throughput.ts";

const BIG = 1_000_000;
const SMALL = 10_000;
const COUNT = 10_000;

/** Writing to a big file against writing to a small one, and reading from the big one. */
export const big: Figure = {
  name: "big",
  async run({ rounds, scale }: Effort) {
    const script = await bundleScript("sender");
    const size = Math.round(BIG * scale);
    await using small = await makeBed((database) => fill(database, SMALL));
    await using large = await makeBed((database) => fill(database, size));
    let round = 0;
    const rate = (bed: Bed) => {
      round += 1;
      return sendRate(script, bed, { how: "ingest", sender: `big${round}`, count: COUNT });
    };
    const { sides, ratio } = await interleave(
      rounds,
      () => rate(large),
      () => rate(small),
    );
    const filled = size.toLocaleString("en");
    return [
      shareOfFloor(`batched, ${filled} messages in the file, against 10,000`, sides, ratio, 0.8),
      await slowestRead(`reads with ${filled} messages in the file`, large, rounds, null),
    ];
  },
};

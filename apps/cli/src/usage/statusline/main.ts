/** What bin/duolog.js runs for `duolog statusline`, which Claude Code starts again and again. */
import { findPlace } from "../../place.ts";
import { localZone } from "../localZone.ts";
import { statusline } from "./statusline.ts";

const { stdin: input, stdout } = process;
stdout.write(
  `${await statusline({ place: findPlace(), input, now: Date.now(), zone: localZone() })}\n`,
);
// An input that never ends keeps no process.
input.destroy();

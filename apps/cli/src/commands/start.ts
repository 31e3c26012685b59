import { ensureDaemon } from "../daemon/ensureDaemon.ts";
import { type Output, show } from "../output/output.ts";
import type { Place } from "../place.ts";

/** Starts the daemon in the background, in place of an older one too. */
export async function start(place: Place, env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  const { health, started } = await ensureDaemon(place, env);
  const { version, pid } = health;
  show(output, { started, version, pid }, () =>
    started
      ? `duolog ${version} started (process ${pid})\n`
      : `duolog ${version} is running already (process ${pid})\n`,
  );
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DataPaths, dataPaths } from "../../src/local/index.ts";

/** A data directory of the test's own, not made yet; gone at the end of `using`. */
export function tempData(name = "data"): { paths: DataPaths } & Disposable {
  const base = mkdtempSync(join(tmpdir(), "duolog-c-"));
  const paths = dataPaths(join(base, name));
  return {
    paths,
    [Symbol.dispose]: () => {
      rmSync(base, { recursive: true, force: true });
      rmSync(dirname(paths.socket), { recursive: true, force: true });
    },
  };
}

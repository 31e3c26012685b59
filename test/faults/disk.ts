import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** True where this user may mount file systems of its own (root, outside a locked-down container). */
export const canMount = (() => {
  const probe = mkdtempSync(join(tmpdir(), "duolog-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "none", probe]).status === 0;
  if (mounted) execFileSync("umount", [probe]);
  rmSync(probe, { recursive: true });
  return mounted;
})();

/** A disk of its own of so many MB. `using` unmounts it, whoever still uses it. */
export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "duolog-disk-"));

  constructor(megabytes: number) {
    const options = `size=${megabytes}m,mode=700`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "none", this.path]);
  }

  /** Makes it read-only, or writable again. */
  remount(mode: "ro" | "rw"): void {
    execFileSync("mount", ["-o", `remount,${mode}`, this.path]);
  }

  grow(megabytes: number): void {
    execFileSync("mount", ["-o", `remount,size=${megabytes}m`, this.path]);
  }

  [Symbol.dispose](): void {
    execFileSync("umount", ["-l", this.path]);
    rmSync(this.path, { recursive: true });
  }
}

/** Takes all room that is left on the disk of `file`. */
export function fill(file: string): void {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
}

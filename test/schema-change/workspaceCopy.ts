import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const SOURCES = ["package.json", "tsconfig.json", "prisma.config.ts", "prisma", "packages", "apps"];
const BUILT = /(^|\/)(node_modules|dist|generated|\.turbo)(\/|$)|\.tsbuildinfo$/;

export interface CompileError {
  file: string;
  code: string;
  text: string;
}

/** A copy of the workspace's sources with the installed packages linked; remove it after use. */
export class WorkspaceCopy {
  readonly dir = mkdtempSync(join(tmpdir(), "duolog-schema-"));
  readonly #schema = join(this.dir, "prisma/schema.prisma");
  readonly #original: string;

  constructor() {
    for (const source of SOURCES) {
      const filter = (path: string) => !BUILT.test(path.slice(root.length));
      cpSync(join(root, source), join(this.dir, source), { recursive: true, filter });
    }
    this.#link();
    this.#original = readFileSync(this.#schema, "utf8");
  }

  /** The installed packages, but the workspace's own ones from the copy. */
  #link(): void {
    const installed = join(root, "node_modules");
    const copy = join(this.dir, "node_modules");
    mkdirSync(join(copy, "@duolog"), { recursive: true });
    for (const name of readdirSync(installed)) {
      if (name !== "@duolog") symlinkSync(join(installed, name), join(copy, name));
    }
    for (const folder of ["packages", "apps"]) {
      for (const name of readdirSync(join(this.dir, folder))) {
        symlinkSync(join(this.dir, folder, name), join(copy, "@duolog", name));
        const own = join(root, folder, name, "node_modules");
        if (existsSync(own)) symlinkSync(own, join(this.dir, folder, name, "node_modules"));
      }
    }
  }

  /** Replaces schema.prisma's text, once, and runs what a developer would. */
  compileWith(from: string | RegExp, to: string, projects = ["apps/cli"]): CompileError[] {
    const changed = this.#original.replace(from, to);
    if (from !== "" && changed === this.#original) throw new Error(`schema.prisma has no ${from}`);
    writeFileSync(this.#schema, changed);
    const generators = projects.includes("apps/cli") ? [] : ["--generator", "wire"];
    this.#run("npm", ["run", "--silent", "generate", "--", ...generators], true);
    const { stdout } = this.#run("npx", ["tsc", "-b", ...projects], false);
    return [...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+): (.*)$/gm)].map((match) => ({
      file: match[1] ?? "",
      code: match[2] ?? "",
      text: match[3] ?? "",
    }));
  }

  #run(command: string, args: string[], mustPass: boolean) {
    const run = spawnSync(command, args, { cwd: this.dir, encoding: "utf8" });
    if (mustPass && run.status !== 0)
      throw new Error(`${command} failed: ${run.stdout}${run.stderr}`);
    return run;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

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

const SCHEMA = "prisma/schema.prisma";
/** What else a new entity takes. */
const EDITED = ["packages/contract/src/entities/describe.ts"];

/** A replacement in one file, by default schema.prisma. */
export interface Edit {
  path?: string;
  from: string | RegExp;
  to: string;
}

export interface CompileError {
  file: string;
  code: string;
  text: string;
}

/** A copy of the workspace's sources with the installed packages linked; remove it after use. */
export class WorkspaceCopy {
  readonly dir = mkdtempSync(join(tmpdir(), "duolog-schema-"));

  constructor() {
    for (const source of SOURCES) {
      const filter = (path: string) => !BUILT.test(path.slice(root.length));
      cpSync(join(root, source), join(this.dir, source), { recursive: true, filter });
    }
    this.#link();
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

  /** Makes these changes to the workspace's files, and those alone, and runs what a developer would. */
  compileWith(edits: readonly Edit[], projects = ["apps/cli"]): CompileError[] {
    for (const path of [SCHEMA, ...EDITED]) cpSync(join(root, path), join(this.dir, path));
    for (const edit of edits) this.#edit(edit);
    const generators = projects.includes("apps/cli") ? [] : ["--generator", "wire"];
    this.#run("npm", ["run", "--silent", "generate", "--", ...generators], true);
    const { stdout } = this.#run("npx", ["tsc", "-b", ...projects], false);
    return [...stdout.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+): (.*)$/gm)].map((match) => ({
      file: match[1] ?? "",
      code: match[2] ?? "",
      text: match[3] ?? "",
    }));
  }

  #edit({ path = SCHEMA, from, to }: Edit): void {
    const file = join(this.dir, path);
    const text = readFileSync(file, "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${path} has no ${from}`);
    writeFileSync(file, changed);
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

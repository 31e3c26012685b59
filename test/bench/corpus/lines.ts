import { below, pick, type Random, randomOf } from "./random.ts";

const WORDS = `account answer array batch begin block bound bucket buffer build bundle cache caller
  channel check child chunk client close column commit config connect content context copy count
  create cursor daemon data date debug decode default delete depth detail device digest driver edge
  emit encode entry error event exclude export field file filter find flag flush folder format frame
  gather grant graph group handle hash head header hidden host image import include index infer input
  insert invoice item join journal json keep kind known label layout ledger length level limit line
  link list load local lock loop mail main make mark match measure member merge message meta method
  metric mode model module mount move name next node note notice number object observe offset open
  option order origin output owner page panel parent parse patch path pause peer pending place plan
  point policy pool port prefix print probe proof proxy queue quota range rate read record refuse
  region remote remove render repeat report request reset resolve result retry return review role
  root route row rule sample scan schema scope search seed select send sequence session set shape
  share signal size slice socket sort source span split stack stage stamp start state status step
  stop store stream string style summary switch table tail task text thread time title token total
  trace track transfer tree trigger trim turn type unit update upload user value version view wait
  watch window worker wrap write zone`.split(/\s+/);

const FOLDERS = `src lib test apps packages server client services storage core routes components
  hooks utils models queries scripts docs`.split(/\s+/);
const ENDINGS = ["ts", "ts", "tsx", "js", "json", "md", "css", "py", "go", "sql"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const word = (random: Random) => pick(random, WORDS);
const hex = (random: Random, digits: number) =>
  below(random, 16 ** digits)
    .toString(16)
    .padStart(digits, "0");

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A name of two or three words, as code has them. */
function identifier(random: Random): string {
  const more = Array.from({ length: 1 + below(random, 2) }, () => upperFirst(word(random)));
  return word(random) + more.join("");
}

/** A file's path from the root of a project. */
export function path(random: Random): string {
  const folders = Array.from({ length: 2 + below(random, 3) }, () => pick(random, FOLDERS));
  return `${folders.join("/")}/${identifier(random)}.${pick(random, ENDINGS)}`;
}

/** Words as a person writes them. */
export function phrase(random: Random, words: number): string {
  return upperFirst(Array.from({ length: words }, () => word(random)).join(" "));
}

/** What one output is about: a file, and the names that its code uses again and again. */
export interface Scene {
  file: string;
  names: readonly string[];
}

/** A scene of its own for one output. */
export function sceneOf(random: Random): Scene {
  const start = below(random, pool.length - NAMES);
  return {
    file: path(random),
    names: pool.slice(start, start + NAMES),
  };
}

/** Names in the code of one output: as many as make zlib's ratio that of real ones. */
const NAMES = 100;
const poolRandom = randomOf("names");
const pool = Array.from({ length: 5_000 }, () => identifier(poolRandom));

type Code = (a: string, b: string, random: Random) => string;

const CODE: readonly Code[] = [
  (a, b, random) => `const ${a} = await ${b}(${word(random)}, ${below(random, 1_000)});`,
  (a, b, random) => `if (${a}.${word(random)} === null) return ${b};`,
  (a, b) => `export function ${a}(options: ${upperFirst(b)}): Promise<void> {`,
  (a, b, random) => `for (const ${word(random)} of ${a}.${b}()) {`,
  (a, b, random) => `import { ${a}, type ${upperFirst(b)} } from "./${word(random)}.ts";`,
  (a, _, random) => `throw new Error(\`${phrase(random, 4)}: \${${a}}\`);`,
  (_a, _b, random) => `// ${phrase(random, 9)}.`,
  (a, b, random) => `expect(${a}(${b})).toEqual({ ${word(random)}: "${word(random)}" });`,
  () => "}",
  () => "",
];

function code(random: Random, { names }: Scene): string {
  const indent = "  ".repeat(below(random, 4));
  return indent + pick(random, CODE)(pick(random, names), pick(random, names), random);
}

function listed(random: Random, { names }: Scene): string {
  const size = String(below(random, 90_000)).padStart(8);
  const time = `${pick(random, MONTHS)} ${10 + below(random, 18)} ${10 + below(random, 13)}:00`;
  return `-rw-r--r--  1 dev dev ${size} ${time} ${pick(random, names)}.ts`;
}

function tested(random: Random, { file }: Scene): string {
  const what = `${file} > ${phrase(random, 5)}`;
  if (below(random, 9) > 0) return ` ✓ ${what} ${below(random, 400)}ms`;
  return ` ✗ ${what}\n   AssertionError: expected ${below(random, 1e6)} to be ${below(random, 10)}`;
}

/** Makes the n-th line of an output. */
type Line = (random: Random, scene: Scene, n: number) => string;

/** What tools print, line by line: a search, a listing, a test run, a file that is read, a history, a change. */
export const LINES: readonly Line[] = [
  (random, scene, n) => `${scene.file}:${n * 7 + below(random, 7)}:${code(random, scene)}`,
  listed,
  tested,
  (random, scene, n) => `${String(n + 1).padStart(6)}\t${code(random, scene)}`,
  (random) => `${hex(random, 7)} ${phrase(random, 6)}`,
  (random, scene) => `${pick(random, ["+", "-", " ", " "])}${code(random, scene)}`,
];

/** Numbers in [0, 1) that the seed fixes (Park–Miller). */
export function randomFrom(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

type Random = () => number;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const pick = <T>(random: Random, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T;

/** Values at which programs stumble. */
const HOSTILE: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => 4_102_444_800_001,
  () => 0.1,
  () => "",
  () => "\0",
  () => "\ud800",
  () => "\u202e\u0007\u001b[2J",
  () => "x".repeat(100_000),
  () => "../../etc/passwd",
  () => "__proto__",
  () => "constructor",
  () => "2026-13-45T99:99:99Z",
  () => [],
  () => ({}),
  () => [[[[[[[[]]]]]]]],
  () => deep(3_000),
  () => JSON.parse('{"__proto__":{"polluted":"yes"},"toString":1,"length":-1}'),
  () => Array.from({ length: 500 }, (_, i) => i),
];

function deep(levels: number): Json {
  let value: Json = 1;
  for (let i = 0; i < levels; i += 1) value = i % 2 ? [value] : { data: value };
  return value;
}

/** The same value with one thing in it changed, dropped, doubled or put elsewhere. */
export function mutateValue(value: Json, random: Random): Json {
  if (typeof value !== "object" || value === null || random() < 0.05)
    return pick(random, HOSTILE)();
  if (Array.isArray(value)) return mutateArray(value, random);
  return mutateObject(value, random);
}

function mutateArray(value: Json[], random: Random): Json {
  if (value.length === 0) return pick(random, HOSTILE)();
  const at = Math.floor(random() * value.length);
  const copy = [...value];
  const kind = random();
  if (kind < 0.1) copy.splice(at, 1);
  else if (kind < 0.2) copy.push(...value);
  else copy[at] = mutateValue(value[at] as Json, random);
  return copy;
}

function mutateObject(value: { [key: string]: Json }, random: Random): Json {
  const keys = Object.keys(value);
  if (keys.length === 0) return pick(random, HOSTILE)();
  const key = pick(random, keys);
  const kind = random();
  if (kind < 0.12)
    return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  if (kind < 0.2) return { ...value, [key]: value[pick(random, keys)] as Json };
  if (kind < 0.25)
    return JSON.parse(JSON.stringify({ ...value, REPLACED: 1 }).replace("REPLACED", "__proto__"));
  return { ...value, [key]: mutateValue(value[key] as Json, random) };
}

/** The same text with some of it cut, doubled, overwritten or put in. */
export function mutateText(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  const to = at + Math.floor(random() * 40);
  switch (Math.floor(random() * 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(at);
    case 3:
      return (
        text.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x2_00)) + text.slice(at + 1)
      );
    default:
      return (
        text.slice(0, at) +
        pick(random, ["\0", '"', "}", "[", "\\u0000", "\ufffd", "1e999", "[".repeat(2_000)]) +
        text.slice(at)
      );
  }
}

/** A line of JSON, mutated once to three times: as a value, then now and then as a text. */
export function mutateLine(line: string, random: Random): string {
  let value = JSON.parse(line) as Json;
  for (let i = Math.floor(random() * 3); i >= 0; i -= 1) value = mutateValue(value, random);
  const text = JSON.stringify(value);
  return random() < 0.3 ? mutateText(text, random) : text;
}

import type { Found } from "./found.ts";

/**
 * A kind of secret that the scanner library has no rule for. With the flag `d` the last group of the
 * pattern is the secret, else the whole match. The patterns take time linear in the text: what may
 * repeat is bounded, or begins where a run of its own characters begins.
 */
interface OwnRule {
  kind: string;
  pattern: RegExp;
  /** Says no to what only looks like one. */
  isSecret?: (match: RegExpExecArray) => boolean;
}

/** Words that make an assigned name a secret's. */
const SECRET_NAME =
  /(?:SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|PWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH_?KEY|ENCRYPTION_?KEY|CREDENTIALS?)(?:_?\d+)?$/i;
/** What is assigned and is none: a variable, a placeholder, a number, a path, a word of the language. */
const NO_SECRET =
  /^(?:[$<{[*%(]|\.{3}|x{3,}|\d+$|true$|false$|null$|none$|undefined$|\/|\.\.?\/|process\.env|os\.environ|redacted)/i;

const isAssigned = ([, name = "", value = ""]: RegExpExecArray) =>
  SECRET_NAME.test(name) && !NO_SECRET.test(value);

const RULES: OwnRule[] = [
  {
    // Also one that is cut off before its end, which the library's rule asks for.
    kind: "private-key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?:\\[nr]|[\s"'])*(?:(?:Proc-Type|DEK-Info|Version|Comment):[^\n\\]{0,200}|[A-Za-z0-9+/=]{20,}))+(?:(?:\\[nr]|[\s"'])*[A-Za-z0-9+/=]{1,19})?/g,
  },
  { kind: "aws-access-key-id", pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/g },
  {
    kind: "json-web-token",
    pattern: /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g,
  },
  { kind: "stripe-key", pattern: /(?<!\w)(?:[sr]k_(?:live|test)|whsec)_\w{16,}/g },
  { kind: "google-api-key", pattern: /(?<![\w-])AIza[\w-]{35}(?![\w-])/g },
  { kind: "google-oauth-token", pattern: /(?<![\w-])(?:ya29\.|GOCSPX-)[\w-]{20,}/g },
  {
    kind: "gitlab-token",
    pattern: /(?<![\w-])gl(?:pat|dt|rt|ft|ptt|cbt|agent|oas|soat)-[\w-]{20,}/g,
  },
  { kind: "hugging-face-token", pattern: /(?<!\w)hf_[A-Za-z0-9]{30,}/g },
  { kind: "telegram-token", pattern: /(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w-])/g },
  { kind: "azure-storage-key", pattern: /AccountKey=([A-Za-z0-9+/]{80,100}={0,2})/dg },
  {
    // OpenAI's newer ones, OpenRouter's, DeepSeek's, Anthropic's of other kinds, …
    kind: "api-key",
    pattern: /(?<![\w-])(?:sk|pk|rk)-(?=[A-Za-z_-]{0,40}\d)[\w-]{20,}/g,
  },
  {
    kind: "authorization",
    pattern:
      /\bauthorization\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?(?:bearer|basic|token|digest)\s{1,4}([^\s"'\\,;<${]{8,})/dgi,
  },
  {
    // The library looks for it in files named .npmrc alone.
    kind: "npm-auth-token",
    pattern: /_(?:authToken|auth|password)\s?=\s?"?([^\s"'$<{][^\s"']{7,})/dg,
  },
  {
    kind: "url-password",
    pattern: /:\/\/[^\s/:@"'<>]{0,100}:([^\s/@"'<>]{3,200})@/dg,
    isSecret: ([, password = ""]) => !NO_SECRET.test(password),
  },
  {
    // NAME=value, as `env` and .env files say it; export NAME: "value".
    kind: "assigned-secret",
    pattern: /(?<![A-Za-z0-9_])([A-Z][A-Z0-9_]{2,80})\s?[=:]\s?\\?["']?([^\s"'\\,;]{6,})/dg,
    isSecret: isAssigned,
  },
  {
    // "password": "value", also within JSON that is a string of JSON.
    kind: "assigned-secret",
    pattern:
      /(?<![\w-])([A-Za-z][\w-]{0,80})\\{0,3}["']?\s{0,4}[:=]\s{0,4}\\{0,3}["']([^\s"'\\<>${}()]{8,})\\{0,3}["']/dg,
    isSecret: isAssigned,
  },
];

/** What the own rules find in a text, in no order. */
export function findByOwnRules(text: string): Found[] {
  return RULES.flatMap((rule) => findBy(rule, text));
}

function findBy({ kind, pattern, isSecret }: OwnRule, text: string): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(pattern)) {
    if (isSecret?.(match) === false) continue;
    const [start, end] = match.indices?.at(-1) ?? [match.index, match.index + match[0].length];
    found.push({ kind, start, end });
  }
  return found;
}

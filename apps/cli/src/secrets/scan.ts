import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import type {
  SecretLintRuleContext,
  SecretLintRuleReportDescriptor,
  SecretLintSourceCode,
} from "@secretlint/types";
import { type Found, united } from "./found.ts";
import { findByOwnRules } from "./ownRules.ts";

/** By this one a text itself says that it must not be looked into: `secretlint-disable`. */
const OBEYING = "@secretlint/secretlint-rule-filter-comments";
const scanners = rules.filter(({ meta }) => meta.id !== OBEYING);

/**
 * Finds the secrets in texts: by the rules of secretlint's recommended preset, and by own ones for what
 * that does not know. They are driven without `@secretlint/core`, which keeps a profile of all that it
 * ever looked at.
 */
export function createScanner(): (text: string) => Promise<Found[]> {
  let text = "";
  let found: Found[] = [];
  const context: SecretLintRuleContext = {
    sharedOptions: {},
    // What a rule would tell a person is not asked for: only what it names.
    createTranslator: () => (messageId, data) =>
      ({ message: "", messageId: String(messageId), data: data ?? {} }) as Told,
    report({ message, range: [start, end] }) {
      found.push({ kind: kindOf(message.messageId), start, end: endOf(text, start, end, message) });
    },
    ignore() {},
  };
  const handlers = scanners.map((rule) => rule.create(context, {}));
  return async (given) => {
    text = given;
    found = [];
    for (const { file } of handlers) await file?.(sourceOf(text));
    return united([...found, ...findByOwnRules(text)]);
  };
}

type Told = SecretLintRuleReportDescriptor["message"];

/**
 * Where a secret ends. Some rules give the place of all that they matched with the length of the secret
 * in it: what they name as the secret has the last word.
 */
function endOf(text: string, start: number, end: number, { data }: Told): number {
  const named = Object.values(data as Record<string, unknown>).map(String);
  return Math.max(end, ...named.map((secret) => text.indexOf(secret, start) + secret.length));
}

/** Without a path: the rule for Google's key files would read it from the disk. */
function sourceOf(content: string): SecretLintSourceCode {
  return { content, contentType: "text", hasBOM: false } as unknown as SecretLintSourceCode;
}

/** `AWSSecretAccessKey` and `NPM_ACCESS_TOKEN` as `aws-secret-access-key`, `npm-access-token`. */
function kindOf(messageId: string): string {
  return messageId
    .replace(/([a-z\d])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** What Markdown takes for more than a character. */
const SPECIAL = /[\\`*_{}[\]<>#|~&!]/g;
/** The same within a line; an underscore between letters is none of it. */
const WITHIN_LINE = /[\\`*[\]<>|~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** A text of one line, behind the beginning of one, as it is, in Markdown. */
export function plain(line: string): string {
  return line.replace(WITHIN_LINE, (character) => `\\${character}`);
}

/** The same within a tag, where only entities say a character as it is. */
export function entities(text: string): string {
  return text.replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Code between fences that are longer than any in it. */
export function fenced(text: string, language = ""): string[] {
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return [fence + language, ...text.split("\n"), fence];
}

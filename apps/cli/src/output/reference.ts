import type { Argument, Command, Option } from "commander";

/** All commands with their arguments and options, as a document; told by their definitions alone. */
export function reference(program: Command): string {
  const commands = program.commands.filter((command) => !isHidden(program, command));
  return [
    "# Commands",
    "",
    "Made by `npm run generate:commands` from the commands' definitions; a test holds it to them.",
    "",
    ...commands.flatMap(commandLines),
  ].join("\n");
}

/** Help lists all but the hidden ones; its own command stands last. */
function isHidden(program: Command, command: Command): boolean {
  return !program.createHelp().visibleCommands(program).includes(command);
}

function commandLines(command: Command): string[] {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== "--help");
  const rows = [
    ...command.registeredArguments.map((argument) => row(shape(argument), argument.description)),
    ...options.map((option) => row(option.flags, optionText(option))),
  ];
  const name = [command.name(), ...command.registeredArguments.map(shape)].join(" ");
  const table = rows.length > 0 ? ["| | |", "|---|---|", ...rows, ""] : [];
  return [`## duolog ${name}`, "", `${upperFirst(command.description())}.`, "", ...table];
}

function shape(argument: Argument): string {
  const told = argument.name() + (argument.variadic ? "..." : "");
  return argument.required ? `<${told}>` : `[${told}]`;
}

function optionText({ description, defaultValue, argChoices }: Option): string {
  const isTold = typeof defaultValue === "number" || typeof defaultValue === "string";
  const facts = [
    argChoices && `one of ${argChoices.map((choice) => `\`${choice}\``).join(", ")}`,
    isTold && `default ${defaultValue}`,
  ].filter(Boolean);
  return description + (facts.length > 0 ? ` (${facts.join("; ")})` : "");
}

function row(flags: string, description: string): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  return `| \`${cell(flags)}\` | ${cell(description)} |`;
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

import type {
  ArgumentDeclaration,
  CommandDeclaration,
  CommandTable,
  OptionDeclaration,
} from './declaration.js';

/** The parts of a usage line, none of which may be broken: `mprog attach`, `HOOK`, `[--before REF]…`. */
export function usageParts(command: CommandDeclaration): readonly string[] {
  const grouped = new Set(command.alternatives?.flatMap(({ names }) => names));
  const parts = [['mprog', ...command.path].join(' ')];
  for (const argument of command.arguments) {
    if (!grouped.has(argument.placeholder)) parts.push(argumentUsage(argument));
  }
  for (const { names, required } of command.alternatives ?? []) {
    const words = names.map((name) => alternativeUsage(command, name)).join(' | ');
    if (!required) parts.push(`[${words}]`);
    else parts.push(names.length === 1 ? words : `(${words})`);
  }
  for (const option of command.options) {
    if (!grouped.has(`--${option.name}`)) parts.push(`[${optionUsage(option)}]${option.repeated ? '…' : ''}`);
  }
  return parts;
}

/** The common options that mean something to this one. */
export function commonOptions(
  command: CommandDeclaration,
  table: CommandTable,
): readonly OptionDeclaration[] {
  return table.options.filter(({ name }) => !command.without?.includes(name));
}

/** The usage line of a command, `mprog show HOOK`. */
export function usageLine(command: CommandDeclaration): string {
  return usageParts(command).join(' ');
}

/** An option with its value, `--before REF`. */
export function optionUsage(option: OptionDeclaration): string {
  return option.value === undefined ? `--${option.name}` : `--${option.name} ${option.value.placeholder}`;
}

function argumentUsage(argument: ArgumentDeclaration): string {
  const word = argument.repeated ? `${argument.placeholder}…` : argument.placeholder;
  return argument.optional ? `[${word}]` : word;
}

function alternativeUsage(command: CommandDeclaration, name: string): string {
  const option = command.options.find((candidate) => `--${candidate.name}` === name);
  return option === undefined ? name : optionUsage(option);
}

import { commandHelp, groupHelp, overview } from '../command-line/help.js';
import type { Invocation } from '../command-line/invocation.js';
import { parseCommandLine } from '../command-line/parse.js';
import { commandTable } from '../command-table.js';
import type { Output } from '../render/output.js';

export function run(invocation: Invocation, output: Output): number {
  return showHelp(invocation.argumentList('COMMAND'), output);
}

/** Prints the help text for the words of a command or a group; the overview for none. */
export function showHelp(path: readonly string[], output: Output): number {
  const width = output.textWidth;
  const emphasis = output.style.strong;
  if (path.length === 0) {
    output.text(overview(commandTable, width, emphasis));
    return 0;
  }
  const same = (candidate: { readonly path: readonly string[] }) =>
    candidate.path.join(' ') === path.join(' ');
  const command = commandTable.commands.find(same);
  const group = commandTable.groups.find(same);
  if (command !== undefined) {
    output.text(commandHelp(command, commandTable, width, emphasis));
    return 0;
  }
  if (group !== undefined) {
    output.text(groupHelp(group, commandTable, width, emphasis));
    return 0;
  }
  const parsed = parseCommandLine(path, commandTable);
  output.fail(parsed.kind === 'wrong' ? parsed.message : `no help for ${path.join(' ')}; see: mprog help`);
  return 2;
}

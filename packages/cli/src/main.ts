import { parseCommandLine } from './command-line/parse.js';
import { commandTable } from './command-table.js';
import { Output, outputOptionsOf } from './render/output.js';
import { processTerminal, type Terminal } from './terminal.js';

/**
 * Carries a command line out.
 *
 * @param words the command line without the name of the command itself
 * @param terminal where to write; the streams of this process when absent
 * @returns exit status: 0 done, 1 refused or failed, 2 wrong usage
 */
export async function main(
  words: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  const line = words[0] === '--version' ? ['version', ...words.slice(1)] : words;
  const parsed = parseCommandLine(line, commandTable);
  if (parsed.kind !== 'run') {
    const output = new Output(terminal, {
      format: 'text',
      quiet: false,
      colors: !terminal.environment.NO_COLOR,
    });
    if (parsed.kind === 'wrong') {
      output.fail(parsed.message);
      return 2;
    }
    const { showHelp } = await import('./commands/help.js');
    return showHelp(parsed.path, output);
  }
  const { invocation } = parsed;
  const output = new Output(terminal, outputOptionsOf(invocation, terminal));
  try {
    const { run } = await invocation.command.load();
    return await run(invocation, output);
  } catch (error) {
    const { reportError } = await import('./render/report-error.js');
    return reportError(error, output);
  }
}

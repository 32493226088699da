import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './whole-process.js';

export const EMPTY = 'empty script (.cjs)';
export const VERSION = 'mprog version';
export const HELP = 'mprog help';
export const REFUSED = 'mprog lss, which is refused';

/** The command as it is installed. */
export const command: string = fileURLToPath(new URL('../../cli/bin/mprog.js', import.meta.url));
const unbundled = new URL('../../cli/dist/main.js', import.meta.url).href;

/** A process of Node, and what it is to answer, which is looked at in every round. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly status: number;
  /** On standard output and then on standard error, of which none uses both. */
  readonly output: string | RegExp;
}

/**
 * What needs no kernel.
 *
 * @param folder where scripts are written
 */
export function commands(folder: string): readonly Command[] {
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const plain = script(
    'unbundled.mjs',
    `import { main } from '${unbundled}'; process.exitCode = await main(process.argv.slice(2));`,
  );
  const { version } = JSON.parse(
    readFileSync(new URL('../../cli/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const nothing = { status: 0, output: '' };
  const versions = { status: 0, output: new RegExp(`^mprog ${version}\nnode .*\n.*\n$`) };
  const help = runProgram(process.execPath, [plain, 'help']);
  if (!help.stdout.startsWith('mprog orders BPF programs')) throw new Error(`mprog help: ${help.stderr}`);
  return [
    { name: EMPTY, args: [script('empty.cjs', '')], ...nothing },
    { name: 'empty script (.mjs)', args: [script('empty.mjs', '')], ...nothing },
    { name: 'node -e 0', args: ['-e', '0'], ...nothing },
    { name: VERSION, args: [command, 'version'], ...versions },
    { name: HELP, args: [command, 'help'], status: 0, output: help.stdout },
    {
      name: REFUSED,
      args: [command, 'lss'],
      status: 2,
      output: 'mprog: unknown command lss; did you mean ls?\n',
    },
    { name: 'mprog version, not bundled', args: [plain, 'version'], ...versions },
  ];
}

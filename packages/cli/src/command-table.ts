import type { CommandGroup, CommandTable } from './command-line/declaration.js';
import { commonOptions } from './command-table/common-options.js';
import { conformance } from './command-table/conformance.js';
import { general } from './command-table/general.js';
import { hooks } from './command-table/hooks.js';
import { link } from './command-table/link.js';
import { policy } from './command-table/policy.js';
import { program } from './command-table/program.js';
import { simulate } from './command-table/simulate.js';

/** In the order in which help lists them; each is a file of `command-table/`. */
const commandGroups: readonly CommandGroup[] = [hooks, policy, link, program, simulate, conformance, general];

/** Every command, argument and option; parsing, help texts and completion are made from it. */
export const commandTable: CommandTable = {
  groups: commandGroups.flatMap(({ groups }) => groups),
  commands: commandGroups.flatMap(({ commands }) => commands),
  options: commonOptions,
};

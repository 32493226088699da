import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** The package of the command. */
export const command = join(root, 'packages/cli');
/** Where the bundle goes. */
export const target = join(command, 'bin/dist');
/** What the bundle begins with, as `tsc` made it. */
export const entry = join(command, 'dist/main.js');

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './places.mjs';

/** Puts the package.json that `version` reads into it. */
export function packageText() {
  return {
    name: 'package-text',
    transform(code, id) {
      if (id !== join(command, 'dist/commands/version.js')) return null;
      const read = "readFileSync(new URL('../../package.json', import.meta.url), 'utf8')";
      if (!code.includes(read))
        throw new Error('bundle the command: version reads package.json in another way');
      const { version } = JSON.parse(readFileSync(join(command, 'package.json'), 'utf8'));
      return { code: code.replace(read, `'${JSON.stringify({ version })}'`) };
    },
  };
}

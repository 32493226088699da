import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The command lines of the README that name a hook of the cgroup `/app`, as words behind `mprog`. */
export function cgroupLines(): readonly (readonly string[])[] {
  return readFileSync(`${root}README.md`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('npx mprog ') && line.includes('@/app'))
    .map((line) =>
      line
        .replace(/ +#.*$/, '')
        .split(/ +/)
        .slice(2),
    )
    .map((words) => words.map((word) => (word.endsWith('.o') ? `${root}${word}` : word)));
}

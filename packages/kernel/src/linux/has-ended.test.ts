import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasEnded } from './has-ended.js';

// Without /proc there are no namespaces to list either.
test.runIf(existsSync('/proc/self/stat'))('a zombie has ended, a process that runs has not', async () => {
  expect(hasEnded(process.pid)).toBe(false);
  expect(hasEnded(2 ** 22 + 1)).toBe(true);
  // Nobody waits for the child of a shell that has become another program.
  const parent = spawn('sh', ['-c', 'exec 3<&0; (read line <&3) & echo $!; exec sleep 60']);
  try {
    const [pid] = await once(parent.stdout, 'data');
    const child = Number(String(pid));
    while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n');
    expect(hasEnded(child)).toBe(false);
    parent.stdin.end('\n');
    await once(parent.stdin, 'close');
    while (!hasEnded(child));
    expect(readFileSync(`/proc/${child}/stat`, 'utf8')).toContain(') Z ');
  } finally {
    const ended = once(parent, 'exit');
    parent.kill('SIGKILL');
    await ended;
  }
});

import { describe, expect, it } from 'vitest';
import { missingTerminal, runOnTerminal } from './on-terminal.js';

describe('runOnTerminal', () => {
  it('gives a program a terminal and passes its arguments, output and status on', ({ skip }) => {
    const missing = missingTerminal();
    skip(missing !== undefined, missing);
    const text =
      "process.stdout.write('\\u001b[31m' + process.stdout.isTTY + '\\u001b[39m\\n'); process.exitCode = 3";
    expect(runOnTerminal(process.execPath, ['-e', text])).toEqual({
      status: 3,
      stdout: 'true\n',
      stderr: '',
    });
  });
});

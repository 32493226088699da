import { MprogError } from '@mprog/core';
import { describe, expect, test } from 'vitest';
import { recordedTerminal } from '../../test/recorded-terminal.js';
import { Output } from './output.js';
import { reportError } from './report-error.js';

function report(error: unknown, format: 'text' | 'json' = 'text', environment = {}) {
  const terminal = recordedTerminal({ environment });
  const status = reportError(error, new Output(terminal, { format, quiet: false, colors: true }));
  return { status, stdout: terminal.written(), stderr: terminal.complained() };
}

describe('an error', () => {
  test('is one line on stderr, and exit status 1', () => {
    expect(report(new MprogError('ESTALE', 'attach x: revision is 7,\n  expected 5'))).toEqual({
      status: 1,
      stdout: '',
      stderr: 'mprog: attach x: revision is 7, expected 5\n',
    });
  });

  test('of the verifier has the log indented below', () => {
    const { stderr } = report(
      new MprogError('EACCES', 'load fw.o: refused', { data: { log: 'one\n two\n\n' } }),
    );
    expect(stderr).toBe('mprog: load fw.o: refused\n  one\n   two\n');
  });

  test('is a document on stdout too with -o json', () => {
    const { stdout, stderr } = report(new MprogError('ESTALE', 'no', { data: { found: 7n } }), 'json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { code: 'ESTALE', message: 'no', data: { found: '7' } },
    });
    expect(stderr).toBe('mprog: no\n');
  });

  test('that is a mistake of mprog says so, with the stack where MPROG_DEBUG is set', () => {
    const error = new TypeError('x is not a function');
    expect(report(error).stderr).toMatch(/^mprog: internal error: x is not a function; [^\n]*\n$/);
    expect(report(error, 'text', { MPROG_DEBUG: '1' }).stderr).toContain('report-error.test');
  });

  test('cannot steer the terminal', () => {
    expect(report(new MprogError('ENODEV', 'no device \u001b[2J')).stderr).toBe(
      'mprog: no device \\x1b[2J\n',
    );
  });
});

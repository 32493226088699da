import { describe, expect, it } from 'vitest';
import { LIVE } from './benchmark.js';
import { smokeResult } from './smoke.js';

const measured = { name: 'measured', value: { median: 1, low: 1, high: 1 } };
const tables = (...reasons: string[]) => [
  { title: 'table', rows: [measured, ...reasons.map((skipped) => ({ name: 'row', skipped }))] },
];
const REQUIRED = { MPROG_REQUIRE_LIVE: '1' };

describe('smokeResult', () => {
  it('is passed when everything was measured', () => {
    expect(smokeResult('run', tables(), REQUIRED, true)).toEqual({ kind: 'passed', line: 'ok      run' });
  });

  it('gives each reason once for what was not measured', () => {
    const reasons = ['no compiler', `${LIVE}no rights`, 'no compiler'];
    expect(smokeResult('run', tables(...reasons), {}, true)).toEqual({
      kind: 'skipped',
      line: 'skipped run: no compiler; live kernel: no rights',
    });
  });

  it('is a failure where the kernel is there and has to be used', () => {
    const { kind, line } = smokeResult('soak', tables(`${LIVE}no rights`), REQUIRED, true);
    expect(kind).toBe('failed');
    expect(line).toMatch(/^FAILED {2}soak: skipped: live kernel: no rights, although this is Linux /);
  });

  it('is no failure without that kernel, or for another reason', () => {
    expect(smokeResult('soak', tables(`${LIVE}no tcx`), REQUIRED, false).kind).toBe('skipped');
    expect(smokeResult('engine', tables('no compiler'), REQUIRED, true).kind).toBe('skipped');
  });
});

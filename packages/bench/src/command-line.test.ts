import { describe, expect, it } from 'vitest';
import { benchmarks } from './benchmarks.js';
import { helpText, readCommandLine } from './command-line.js';

const known = ['engine', 'run', 'start-up'];

describe('readCommandLine', () => {
  it('takes all benchmarks when none is named', () => {
    expect(readCommandLine([], {}, known)).toEqual({ json: false, smoke: false, help: false, names: known });
  });

  it.each(['json', 'smoke', 'help'] as const)('takes --%s from npm, which keeps it for itself', (option) => {
    const read = readCommandLine(['run'], { [`npm_config_${option}`]: 'true' }, known);
    expect(read).toEqual({ json: false, smoke: false, help: false, [option]: true, names: ['run'] });
    expect(readCommandLine([`--${option}`], {}, known)[option]).toBe(true);
  });

  it('reads -h', () => {
    expect(readCommandLine(['-h'], {}, known).help).toBe(true);
  });

  it('names a benchmark that is near to one that there is not, or else all', () => {
    expect(() => readCommandLine(['startup'], {}, known)).toThrow(
      'there is no benchmark startup; did you mean start-up?',
    );
    expect(() => readCommandLine(['xyz'], {}, known)).toThrow(
      'there is no benchmark xyz, only engine, run, start-up',
    );
  });
});

describe('helpText', () => {
  it('has each benchmark with its goals and about how long it takes, and every option', async () => {
    const all = await Promise.all(
      Object.entries(benchmarks).map(async ([name, load]) => [name, await load()] as const),
    );
    const text = helpText(Object.fromEntries(all));
    for (const [name, { goals }] of all) {
      expect(text).toMatch(new RegExp(`^ {2}${name} +[0-9]+ (s|min)  ${goals.join(', ')}  \\S`, 'm'));
    }
    for (const option of ['--smoke', '--json', '-h, --help']) expect(text).toContain(`\n  ${option} `);
    expect(text).toMatch(/^ {2}all +[0-9]+ min$/m);
  });
});

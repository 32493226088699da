import { describe, expect, test } from 'vitest';
import { commandTable } from '../command-table.js';
import type { Invocation } from './invocation.js';
import { parseCommandLine } from './parse.js';

const parse = (...words: string[]) => parseCommandLine(words, commandTable);

function understood(...words: string[]): Invocation {
  const result = parse(...words);
  if (result.kind !== 'run') throw new Error(`not understood: ${JSON.stringify(result)}`);
  return result.invocation;
}

function refused(...words: string[]): string {
  const result = parse(...words);
  return result.kind === 'wrong' ? result.message : `not refused: ${result.kind}`;
}

describe('a command line that is right', () => {
  test('takes a flag once, however often it stands there', () => {
    const words = Array.from({ length: 1000 }, () => '-qq');
    const invocation = understood('ls', ...words);
    expect(invocation.flag('quiet')).toBe(true);
    expect(invocation.optionList('quiet')).toEqual(['']);
  });

  test('gives the command, its arguments and its options', () => {
    const invocation = understood(
      'attach',
      'tcx/ingress@eth0',
      'fw.o:main',
      '--before',
      'id:1',
      '--after=name:x*',
      '--before',
      'id:2',
      '--link',
      '--revision',
      '18446744073709551615',
    );
    expect(invocation.command.path).toEqual(['attach']);
    expect(invocation.argument('HOOK')).toBe('tcx/ingress@eth0');
    expect(invocation.argument('PROGRAM')).toBe('fw.o:main');
    expect(invocation.optionList('before')).toEqual(['id:1', 'id:2']);
    expect(invocation.optionList('after')).toEqual(['name:x*']);
    expect(invocation.flag('link')).toBe(true);
    expect(invocation.flag('first')).toBe(false);
    expect(invocation.option('revision')).toBe('18446744073709551615');
  });

  test('takes common options before, between and behind its words', () => {
    const invocation = understood('--netns', 'blue', 'link', '-o', 'json', 'show', 'link:7', '-q');
    expect(invocation.command.path).toEqual(['link', 'show']);
    expect(invocation.option('netns')).toBe('blue');
    expect(invocation.option('output')).toBe('json');
    expect(invocation.flag('quiet')).toBe(true);
  });

  test('joins short options', () => {
    const invocation = understood('ls', '-qojson');
    expect([invocation.flag('quiet'), invocation.option('output')]).toEqual([true, 'json']);
  });

  test('takes everything behind -- as arguments', () => {
    expect(understood('ls', '--', '-x').argumentList('HOOK-GLOB')).toEqual(['-x']);
  });

  test('lets a repeated argument be absent or long', () => {
    expect(understood('ls').argumentList('HOOK-GLOB')).toEqual([]);
    expect(understood('ls', 'a', 'b', 'c').argumentList('HOOK-GLOB')).toEqual(['a', 'b', 'c']);
  });

  test('passes every word of the hidden command on', () => {
    expect(understood('__complete', 'ls', '--wrong', '-o').argumentList('WORD')).toEqual([
      'ls',
      '--wrong',
      '-o',
    ]);
  });
});

describe('help is asked for', () => {
  test.each([
    [['--help'], []],
    [['-h'], []],
    [['link', '--help'], ['link']],
    [['attach', '--help'], ['attach']],
    [['attach', 'x', '--first', '-h'], ['attach']],
    [
      ['simulate', 'device', '-h'],
      ['simulate', 'device'],
    ],
  ])('by %j', (words, path) => {
    expect(parse(...words)).toEqual({ kind: 'help', path });
  });
});

describe('a command line that is wrong', () => {
  test.each([
    [['lss'], 'unknown command lss; did you mean ls?'],
    [['atach', 'x'], 'unknown command atach; did you mean attach?'],
    [['link', 'upadte'], 'unknown command link upadte; did you mean link update?'],
    [['frobnicate'], 'unknown command frobnicate; see: mprog help'],
    [['link', 'frobnicate'], 'unknown command link frobnicate; see: mprog help link'],
    [[], 'no command is given; see: mprog help'],
    [['program'], 'program: one of ls, load, unpin is missing; see: mprog help program'],
    [['ls', '--all-namespace'], 'unknown option --all-namespace; did you mean --all-namespaces?'],
    [['ls', '--bfore', 'x'], 'unknown option --bfore; see: mprog help ls'],
    [['attach', 'h', 'p', '--bfore', 'x'], 'unknown option --bfore; did you mean --before?'],
    [['--jsno', 'ls'], 'unknown option --jsno; see: mprog help'],
    [['ls', '-z'], 'unknown option -z; see: mprog help ls'],
    [['ls', '-o', 'jsn'], 'option --output takes text or json, not "jsn"; did you mean json?'],
    [['ls', '-o'], 'option --output needs a value: --output FORMAT'],
    [['ls', '--netns='], 'option --netns needs a value: --netns NAME'],
    [['attach', 'h', 'p', '--before', '--after', 'x'], 'option --before needs a value: --before REF'],
    [['attach', 'h', 'p', '--link=yes'], 'option --link takes no value'],
    [['attach', 'h', 'p', '--replace', 'id:1', '--replace', 'id:2'], 'option --replace is given twice'],
    [['attach', 'h', 'p', '--revision', '-1'], 'option --revision needs a value: --revision N'],
    [
      ['attach', 'h', 'p', '--revision', '1x'],
      'option --revision takes a number from 0 to 2^64 - 1, not "1x"',
    ],
    [['attach', 'h', 'p', '--revision', '18446744073709551616'], 'option --revision takes a number'],
    [['attach', 'h', 'p', '--first', '--last'], 'attach: --first and --last exclude each other'],
    [['attach', 'h'], 'attach: PROGRAM is missing'],
    [['show'], 'show: HOOK is missing; usage: mprog show HOOK'],
    [['show', 'a', 'b'], 'show: "b" is one argument too many; usage: mprog show HOOK'],
    [['detach', 'h'], 'detach: one of REF, --first, --last, --before, --after is missing'],
    [['detach', 'h', 'id:1', '--first'], 'detach: REF and --first exclude each other'],
    [['program', 'load', 'x.o'], 'program load: --pin is missing'],
    [['demo', '-o', 'json'], 'demo takes no option --output; usage: mprog demo'],
    [['-q', 'demo'], 'demo takes no option --quiet'],
    [['demo', '--netns', 'blue'], 'demo takes no option --netns'],
    [['help', 'ls', '-o', 'json'], 'help takes no option --output'],
    [['completion', 'bash', '-q'], 'completion takes no option --quiet'],
    [['conformance', 'replay', 'tcx-001', '--state', '/x'], 'conformance replay takes no option --state'],
    [['ls', '--kernel', 'foo'], 'option --kernel takes linux or simulated:FILE, not "foo"; usage: mprog ls'],
    [['--kernel', 'linus', 'ls'], 'not "linus"; did you mean linux?'],
    [['ls', '--kernel', 'simulated'], 'not "simulated"; name the file that holds the simulated host'],
    [['ls', '--kernel=simulated:'], 'not "simulated:"; name the file that holds the simulated host'],
    [['demo', '--kernel', 'foo'], 'option --kernel takes linux or simulated, not "foo"'],
    [['demo', '--kernel', 'simulated:x'], 'demo makes a host of its own and uses no state file'],
    [['conformance', 'replay', 'x', '--kernel', 'simulated:x'], 'conformance replay makes a host of its own'],
    [['conformance', 'replay'], 'conformance replay: FILE is missing'],
    [['completion', 'tcsh'], 'completion takes bash, zsh or fish, not "tcsh"'],
  ])('%j', (words, message) => {
    expect(refused(...words)).toContain(message);
  });

  test('the usage line stands behind what is wrong with the arguments', () => {
    expect(refused('detach', 'h')).toContain(
      'usage: mprog detach HOOK (REF | --first | --last | --before REF | --after REF) [--revision N]',
    );
  });
});

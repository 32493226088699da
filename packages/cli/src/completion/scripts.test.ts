import { spawnSync } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { completionScripts } from './scripts.js';

const hasBash = spawnSync('bash', ['-c', '(( BASH_VERSINFO[0] >= 4 ))']).status === 0;

/** What readline would be given, with an `mprog` that tells its arguments to stderr and offers what is passed. */
function completeInBash(line: string, offered: readonly string[]): { replies: string[]; asked: string } {
  const stub = `mprog() { echo "$@" >"$asked"; printf '%s\\t about\\n' ${offered.map((word) => `'${word}'`).join(' ')}; }`;
  const script = [
    'asked=$(mktemp)',
    stub,
    completionScripts.bash,
    `COMP_LINE=$1 COMP_POINT=\${#1}`,
    '_mprog',
    `printf '%s\\n' "\${COMPREPLY[@]}" "$(<"$asked")"`,
    'rm "$asked"',
  ].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', line], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  return { replies: lines.slice(0, -1), asked: lines.at(-1) ?? '' };
}

describe('completion in bash', () => {
  beforeEach(({ skip }) => skip(!hasBash, 'there is no bash 4'));

  test('passes the words on, an empty one behind a space', () => {
    expect(completeInBash('mprog link show ', ['link:7']).asked).toBe('__complete link show');
    expect(completeInBash('mprog li', ['link'])).toEqual({ replies: ['link'], asked: '__complete li' });
  });

  test('gives back only what readline replaces: what stands behind the last : or =, or from the last @ on', () => {
    const { replies, asked } = completeInBash('mprog show tcx/ingress@e', [
      'tcx/ingress@eth0',
      'tcx/ingress@eth1',
    ]);
    expect(asked).toBe('__complete show tcx/ingress@e');
    expect(replies).toEqual(['@eth0', '@eth1']);
    expect(completeInBash('mprog ls --output=', ['--output=text']).replies).toEqual(['text']);
    expect(completeInBash('mprog link show link:', ['link:7']).replies).toEqual(['7']);
  });

  test('adds nothing for what is typed already', () => {
    expect(completeInBash('mprog detach h name:', ['name:fw', 'name:']).replies).toEqual(['fw']);
  });

  test('quotes what the shell would take apart', () => {
    expect(completeInBash('mprog x ', ['a b', 'c*']).replies).toEqual(['a\\ b', 'c\\*']);
  });
});

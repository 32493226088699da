import { describe, expect, test } from 'vitest';
import { hookGlob } from './hook-glob.js';

const hook = { layer: 'tcx', direction: 'ingress', target: 'eth0' };

describe('patterns of hooks', () => {
  test.each([
    'eth0',
    'eth?',
    'e*',
    '*',
    'tcx/ingress@eth0',
    'tcx/*@eth0',
    'tcx*',
    '*@eth0',
    '[de]th0',
    'eth0%blue',
  ])('%s matches tcx/ingress@eth0', (text) => expect(hookGlob(text).matches(hook)).toBe(true));

  test.each(['eth', 'eth1', 'th0', 'ETH0', 'tcx/egress@*', 'tcx/ingress', '[!e]th0', 'eth\\?'])(
    '%s does not',
    (text) => expect(hookGlob(text).matches(hook)).toBe(false),
  );

  test('a bare cgroup path means all its hooks, and * does not stop at /', () => {
    const app = { layer: 'cgroup', direction: 'device', target: '/app/web@1' };
    for (const text of ['/app/web@1', '/app*', '/*@1', 'cgroup/device@/app*']) {
      expect(hookGlob(text).matches(app)).toBe(true);
    }
  });

  test.each([
    ['*', true],
    ['c*', true],
    ['cgroup/egress@*', true],
    ['[/a]b', true],
    ['\\/app', true],
    ['tcx/*', false],
    ['eth0', false],
    ['cgroups/x', false],
    ['tcx/ingress@/app', false],
  ])('%s may match cgroups: %s', (text, may) => {
    expect(hookGlob(text).mayMatchCgroups).toBe(may);
  });

  test('a namespace behind % is one, or a pattern of its own', () => {
    expect(hookGlob('eth0%blue')).toMatchObject({ namespace: { name: 'blue' }, namesNamespace: true });
    expect(hookGlob('eth0%pid:4')).toMatchObject({ namespace: { pid: 4 } });
    expect(hookGlob('eth0')).toMatchObject({ namespace: null, namesNamespace: false });
    const many = hookGlob('eth0%b*');
    expect(many).toMatchObject({ namespace: null, namesNamespace: true });
    expect(many.matchesNamespace({ name: 'blue', inode: '1', pid: null })).toBe(true);
    expect(many.matchesNamespace({ name: 'red', inode: '1', pid: null })).toBe(false);
    expect(hookGlob('*%inode:1?').matchesNamespace({ name: null, inode: '12', pid: null })).toBe(true);
    expect(hookGlob('eth0').matchesNamespace({ name: 'blue', inode: '1', pid: null })).toBe(false);
  });

  test.each(['', '%blue', 'eth0%', 'eth0%a/b', 'eth0%pid:x'])('refuses %j', (text) => {
    expect(() => hookGlob(text)).toThrowError(expect.objectContaining({ code: 'ERR_HOOK_NAME' }));
  });
});

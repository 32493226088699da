import { MprogError } from '@mprog/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHookName, type HookName, layers, parseHookName } from './hook-name.js';

const SEED = 20260802;

const names: fc.Arbitrary<HookName> = fc
  .constantFrom(...(['tcx', 'netkit', 'cgroup'] as const))
  .chain((layer) => {
    const word = fc.string({ minLength: 1, unit: fc.constantFrom(...'ab0.:@%\\*?[]-/ ') });
    const namespace = fc.oneof(
      fc.constant(null),
      word.filter((name) => !/^\.{1,2}$|\//.test(name)).map((name) => ({ name })),
      fc.constantFrom('pid:1', 'inode:2', 'pid:', 'inode:x').map((name) => ({ name })),
      fc.integer({ min: 1, max: 4_194_304 }).map((pid) => ({ pid })),
      fc.integer({ min: 1 }).map((inode) => ({ inode: String(inode) })),
    );
    return fc.record({
      layer: fc.constant(layer),
      direction: fc.constantFrom(...layers[layer]),
      target: word,
      namespace: layer === 'cgroup' ? fc.constant(null) : namespace,
    });
  });

function refused(text: string): MprogError {
  try {
    parseHookName(text);
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe('names of hooks', () => {
  test(`what is written is read again (seed ${SEED})`, () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(parseHookName(formatHookName(name))).toEqual(name);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test(`any text is read or refused with ERR_HOOK_NAME (seed ${SEED})`, () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'tcx/inges@%\\*:p') }));
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(layers[parseHookName(text).layer]).toContain(parseHookName(text).direction);
        } catch (error) {
          expect(MprogError.is(error) && error.code).toBe('ERR_HOOK_NAME');
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test.each([
    ['tcx/ingress@eth0', { layer: 'tcx', direction: 'ingress', target: 'eth0', namespace: null }],
    ['tcx/egress@4', { layer: 'tcx', direction: 'egress', target: '4', namespace: null }],
    ['tcx/ingress@a@b', { layer: 'tcx', direction: 'ingress', target: 'a@b', namespace: null }],
    ['tcx/ingress@a\\%b%c', { layer: 'tcx', direction: 'ingress', target: 'a%b', namespace: { name: 'c' } }],
    ['tcx/ingress@a\\*', { layer: 'tcx', direction: 'ingress', target: 'a*', namespace: null }],
    ['tcx/ingress@eth0%blue', { namespace: { name: 'blue' } }],
    ['tcx/ingress@eth0%pid:412', { namespace: { pid: 412 } }],
    ['tcx/ingress@eth0%inode:4026532301', { namespace: { inode: '4026532301' } }],
    ['tcx/ingress@eth0%pid\\:412', { namespace: { name: 'pid:412' } }],
    ['cgroup/inet_ingress@/app', { layer: 'cgroup', target: '/app' }],
    ['netkit/peer@nk0', { layer: 'netkit', direction: 'peer', target: 'nk0' }],
  ])('reads %s', (text, name) => {
    expect(parseHookName(text)).toMatchObject(name);
    expect(Object.isFrozen(parseHookName(text))).toBe(true);
  });

  test.each([
    ['', 'it names no layer and direction; write LAYER/DIRECTION@TARGET, for example tcx/ingress@eth0'],
    ['eth0', 'for example tcx/ingress@eth0'],
    ['tcx', 'tcx needs a direction; directions of tcx are ingress, egress'],
    ['tcx/ingress', 'nothing stands behind the @; write a device, tcx/ingress@eth0'],
    ['tcx/ingress@', 'nothing stands behind the @'],
    ['tcx@eth0', 'tcx needs a direction'],
    ['tcxx/ingress@eth0', 'there is no layer "tcxx"; layers are tcx, netkit, cgroup; did you mean tcx?'],
    ['cgroups/device@/a', 'layers are tcx, netkit, cgroup; did you mean cgroup?'],
    ['xdp/ingress@eth0', 'there is no layer "xdp"; layers are tcx, netkit, cgroup'],
    [
      'inet_egress@/app',
      'there is no layer "inet_egress"; layers are tcx, netkit, cgroup; did you mean cgroup/inet_egress?',
    ],
    ['peer@nk0', 'did you mean netkit/peer?'],
    ['toString/ingress@eth0', 'there is no layer "toString"'],
    [
      'tcx/ingres@eth0',
      'tcx has no direction "ingres"; directions of tcx are ingress, egress; did you mean ingress?',
    ],
    ['cgroup/ingress@/a', 'cgroup has no direction "ingress"'],
    ['cgroup/ingress@/a', '; did you mean inet_ingress?'],
    ['cgroup/inet_egress/app', '; did you mean cgroup/inet_egress@/app?'],
    ['tcx/ingress/eth0', '; did you mean tcx/ingress@eth0?'],
    ['tcx/ingress/a@b', 'tcx has no direction "ingress/a"'],
    [
      'tcx/ingress@eth*',
      'one name is needed here, and * stands for many; write \\* for the character itself',
    ],
    ['tcx/ingress@eth0\\', 'a \\ has nothing behind it'],
    ['tcx/ingress@eth0%', 'this is no name of a namespace'],
    ['tcx/ingress@eth0%..', 'this is no name of a namespace'],
    [
      'tcx/ingress@eth0%a/b',
      'this is no name of a namespace; write a name under /run/netns, pid:N or inode:N',
    ],
    ['tcx/ingress@eth0%pid:x', 'pid: wants a number, not "x"'],
    ['tcx/ingress@eth0%inode:0', 'inode: wants a number, not "0"'],
    ['cgroup/device@/app%blue', 'a cgroup is in no network namespace'],
  ])('refuses %j', (text, words) => {
    expect(refused(text).code).toBe('ERR_HOOK_NAME');
    expect(refused(text).message).toContain(words);
  });
});

import { describe, expect, test } from 'vitest';
import { defaultLinkPin, encodePinName } from './host/bpffs.js';
import { describeList } from './host/describe.js';
import { seemingOwner } from './host/seeming-owner.js';
import { defaultStateDirectory } from './host/state-directory.js';
import { nearest } from './names/nearest.js';

describe('nearest', () => {
  test.each([
    ['ingres', 'ingress'],
    ['inrgess', 'ingress'],
    ['EGRESS', 'egress'],
    ['xxxx', null],
    ['', null],
  ])('%s: %s', (word, expected) => expect(nearest(word, ['ingress', 'egress'])).toBe(expected));
});

describe('names of pins', () => {
  test('every byte outside [A-Za-z0-9_-] is written %XX', () => {
    expect(encodePinName('fw_main-2')).toBe('fw_main-2');
    expect(encodePinName('a.b/c%é ')).toBe('a%2Eb%2Fc%25%C3%A9%20');
  });

  test('a link of ours by default', () => {
    const hook = {
      netnsInode: '4026531833',
      ifindex: 4,
      cgroupId: null,
      layer: 'tcx',
      direction: 'ingress',
    };
    expect(defaultLinkPin('/sys/fs/bpf', hook, 'fw')).toBe(
      '/sys/fs/bpf/mprog/links/4026531833/4-tcx_ingress/fw',
    );
    const app = {
      netnsInode: null,
      ifindex: null,
      cgroupId: '7',
      layer: 'cgroup',
      direction: 'inet_ingress',
    };
    expect(defaultLinkPin('/sys/fs/bpf', app, 'fw')).toBe(
      '/sys/fs/bpf/mprog/links/cgroup/7-cgroup_inet_ingress/fw',
    );
  });
});

describe('state directory', () => {
  test('of root, and by XDG for others', () => {
    expect(defaultStateDirectory({}, 0)).toBe('/var/lib/mprog');
    expect(defaultStateDirectory({ XDG_STATE_HOME: '/s', HOME: '/h' }, 1000)).toBe('/s/mprog');
    expect(defaultStateDirectory({ XDG_STATE_HOME: 'relative', HOME: '/h' }, 1000)).toBe(
      '/h/.local/state/mprog',
    );
    expect(defaultStateDirectory({ HOME: '/h' }, 1000)).toBe('/h/.local/state/mprog');
  });
});

describe('whose an attachment seems to be', () => {
  const program = { id: 1, type: null, name: null, tag: null, pins: null };
  test.each([
    [{ program, link: null }, 'nothing tells whose it is'],
    [
      { program: { ...program, name: 'cil_x' }, link: null },
      'by its name cil_x it seems to belong to Cilium',
    ],
    [{ program: { ...program, name: 'x' }, link: null }, 'its program is called x and pinned nowhere'],
    [{ program: { ...program, pins: ['/p'] }, link: { id: 2, pins: [] } }, 'whoever pinned it at /p'],
    [{ program: { ...program, pins: ['/p'] }, link: { id: 2, pins: ['/l'] } }, 'whoever pinned it at /l'],
  ])('%#', (attachment, words) => expect(seemingOwner(attachment)).toContain(words));
});

describe('lists in messages', () => {
  test('at most ten, then how many more', () => {
    expect(describeList(['a', 'b'])).toBe('a, b');
    expect(describeList(Array.from({ length: 12 }, (_, i) => `${i}`))).toBe(
      '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more',
    );
  });
});

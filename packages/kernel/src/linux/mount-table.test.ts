import { describe, expect, it } from 'vitest';
import { cgroupMount } from './cgroups.js';
import { parseMounts } from './mount-table.js';

const table = [
  '22 27 0:21 / /proc rw,relatime - proc proc rw',
  '23 27 0:22 / /sys/fs/bpf rw shared:5 master:1 - bpf bpf rw,mode=700',
  '24 27 0:23 / /mnt/two\\040words\\134 rw - bpf none rw',
  '25 31 0:38 /part /sys/fs/cgroup/part rw - cgroup2 cgroup2 rw',
  '26 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  'damaged line',
  '',
].join('\n');

describe('the table of mounts', () => {
  it('is read with optional fields, without them, and with what is escaped', () => {
    expect(parseMounts(table)).toEqual([
      { root: '/', point: '/proc', type: 'proc', device: '0:21' },
      { root: '/', point: '/sys/fs/bpf', type: 'bpf', device: '0:22' },
      { root: '/', point: '/mnt/two words\\', type: 'bpf', device: '0:23' },
      { root: '/part', point: '/sys/fs/cgroup/part', type: 'cgroup2', device: '0:38' },
      { root: '/', point: '/sys/fs/cgroup/unified', type: 'cgroup2', device: '0:38' },
    ]);
  });

  it('tells where the cgroups are: the whole tree if there is one, else a part', () => {
    const mounts = parseMounts(table);
    const all = () => true;
    expect(cgroupMount(mounts, all)).toBe('/sys/fs/cgroup/unified');
    expect(cgroupMount(mounts, ({ root }) => root !== '/')).toBe('/sys/fs/cgroup/part');
    for (const [none, visible] of [
      [[], all],
      [mounts, () => false],
    ] as const) {
      expect(() => cgroupMount(none, visible)).toThrow(
        'no cgroup2 file system is mounted (ENOENT); mount -t cgroup2',
      );
    }
  });
});

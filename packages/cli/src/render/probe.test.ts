import type { ProbeReport } from '@mprog/manager';
import { describe, expect, test } from 'vitest';
import { renderProbe } from './probe.js';
import { styleFor } from './style.js';

const report: ProbeReport = {
  version: 1,
  kernel: 'linux 6.18.44',
  bootId: 'b',
  capabilities: ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYS_ADMIN'],
  features: [
    {
      name: 'tcx',
      purpose: 'hooks tcx/ingress and tcx/egress of devices',
      present: true,
      detail: 'since Linux 6.6',
    },
    {
      name: 'netkit',
      purpose: 'hooks netkit/primary and netkit/peer of netkit pairs',
      present: false,
      detail: 'needs Linux 6.7 and CONFIG_NETKIT',
    },
    { name: 'ids', purpose: 'names of what others attached', present: null, detail: 'needs CAP_SYS_ADMIN' },
  ],
};

describe('probe', () => {
  test('a feature a line where there is room', () => {
    const plain = styleFor(false);
    const lines = renderProbe(report, plain, Number.POSITIVE_INFINITY);
    expect(lines).toEqual([
      'linux 6.18.44, capabilities CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON, CAP_SYS_ADMIN',
      '  FEATURE  HERE  FOR                                                   DETAIL',
      '  tcx      yes   hooks tcx/ingress and tcx/egress of devices           since Linux 6.6',
      '  netkit   no    hooks netkit/primary and netkit/peer of netkit pairs  needs Linux 6.7 and CONFIG_NETKIT',
      '  ids      ?     names of what others attached                         needs CAP_SYS_ADMIN',
    ]);
    const longest = Math.max(...lines.map((line) => line.length));
    expect(renderProbe(report, plain, longest)).toEqual(lines);
    expect(renderProbe(report, plain, longest - 1)).not.toEqual(lines);
  });

  test.each([80, 60])('within %d columns nothing is cut', (width) => {
    const lines = renderProbe(report, styleFor(false), width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    const text = lines.join(' ').replace(/\s+/g, ' ');
    expect(text).not.toContain('…');
    for (const { purpose, detail } of report.features) expect(text).toContain(`${detail} ${purpose}`);
    expect(text).toContain(report.capabilities.join(', '));
  });
});

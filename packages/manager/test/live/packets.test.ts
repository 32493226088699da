import { spawnSync } from 'node:child_process';
import { programType } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { ManagerBench } from '../suites/manager-bench.js';

/** *(u32 *)(r10 - 4) = 0x11223344; skb_store_bytes(skb, 0, r10 - 4, 4, 0); return -1 */
const writer = [
  '620afcff44332211',
  'b702000000000000',
  'bfa3000000000000',
  '07030000fcffffff',
  'b704000004000000',
  'b705000000000000',
  '8500000009000000',
  'b7000000ffffffff',
  '9500000000000000',
];
/** r6 = skb; return the first byte of the packet */
const reader = ['bf16000000000000', '3000000000000000', '9500000000000000'];

liveSuite('packets on the running kernel', () => {
  const bench = new ManagerBench(openLinuxLaboratory);

  test('run: what one program makes of a packet is fed to the next', () => {
    for (const lines of [writer, reader]) {
      const instructions = new Uint8Array(Buffer.from(lines.join(''), 'hex'));
      using program = bench.kernel.programs.load({ type: programType.SCHED_CLS, instructions });
      bench.kernel.attachments.attach(bench.kernelHook(), program.fd);
    }
    const run = bench.manager.run(bench.hook, new Uint8Array(20));
    expect(run.runs).toMatchObject([
      { verdict: 'NEXT', changed: `44332211${'00'.repeat(16)}` },
      { result: 0x44, verdict: 'unknown (68)', ends: true, changed: null },
    ]);
  });

  test('behind a hook: the filters of classic tc', ({ skip }) => {
    if (spawnSync('tc', ['-V']).status !== 0) skip('tc is not installed');
    const { fd, id } = bench.load('classic');
    bench.kernel.pins.pin(fd, '/sys/fs/bpf/classic');
    bench.laboratory.setQdisc(bench.ifindex, 'clsact', true);
    for (const [direction, priority] of [
      ['ingress', 9],
      ['ingress', 7],
      ['egress', 1],
    ] as const) {
      const words = `filter add dev eth0 ${direction} prio ${priority} bpf da object-pinned /sys/fs/bpf/classic`;
      const { status, stderr } = spawnSync('tc', words.split(' '), { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    const behind = bench.manager.show(bench.hook).hooks[0]?.behind;
    expect(behind).toMatchObject({ qdisc: 'clsact' });
    expect(behind?.filters).toMatchObject([
      { kind: 'bpf', priority: 7, programId: id },
      { kind: 'bpf', priority: 9, programId: id },
    ]);
    expect(behind?.words).toMatch(
      /^classic filters of the clsact qdisc.*\(id \d+\) at priority 7, bpf .* at priority 9$/,
    );
  });
});

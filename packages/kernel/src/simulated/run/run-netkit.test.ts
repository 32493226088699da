import { describe, expect, test } from 'vitest';
import { NetkitBench } from '../../../test/suites/netkit-bench.js';
import { attachType, verdict } from '../../index.js';
import { SimulatedLaboratory } from '../simulated-laboratory.js';

const { NEXT, PASS, DROP, REDIRECT } = verdict;

describe('spec 9.5: run time (from sources alone; no kernel here has netkit)', () => {
  const bench = new NetkitBench(() => new SimulatedLaboratory({ netkit: true }));
  const send = (values: readonly number[], type: number = attachType.NETKIT_PRIMARY) => {
    for (const value of values) expect(bench.attach(bench.program(value), { type })).toBe(0);
    const ifindex = type === attachType.NETKIT_PRIMARY ? bench.primary : bench.peer;
    const { fate, ran } = bench.laboratory.kernel.runtime.transmit(ifindex);
    return [fate, ran.length];
  };

  test.each([
    ['pass', 'delivered'],
    ['drop', 'dropped'],
  ] as const)('spec 9.5: without programs the policy %s decides: %s', (policy, fate) => {
    bench.laboratory.kernel.setNetkitPolicy(bench.primary, policy);
    expect(send([])).toEqual([fate, 0]);
    expect(bench.laboratory.kernel.runtime.transmit(bench.peer).fate).toBe('delivered');
  });
  test.each([
    [[NEXT], 'delivered', 1],
    [[NEXT, NEXT], 'delivered', 2],
    [[PASS, DROP], 'delivered', 1],
    [[NEXT, DROP], 'dropped', 2],
    [[REDIRECT, PASS], 'dropped', 1],
    [[1, PASS], 'dropped', 1],
    [[3, PASS], 'dropped', 1],
    [[100], 'dropped', 1],
    [[-2], 'dropped', 1],
    [[0x7fff_ffff], 'dropped', 1],
  ] as const)('spec 9.5: %j: %s after %i', (values, fate, ran) => {
    expect(send(values)).toEqual([fate, ran]);
  });
  test('spec 9.5: with programs the policy is not consulted: NEXT from the last one passes', () => {
    bench.laboratory.kernel.setNetkitPolicy(bench.primary, 'drop');
    expect(send([NEXT])).toEqual(['delivered', 1]);
    expect(bench.detach()).toBe(0);
    expect(send([])).toEqual(['dropped', 0]);
  });
  test('spec 9.5: a prepared redirect is followed', () => {
    const { kernel } = bench.laboratory;
    const program = bench.program();
    kernel.setBehaviour(bench.raw.idOf(program), (packet) => {
      packet.redirectTo = 77;
      return REDIRECT;
    });
    bench.attach(program);
    expect(kernel.runtime.transmit(bench.primary)).toMatchObject({ fate: 'redirected', redirectTo: 77 });
  });
  test("spec 9.5: what the peer sends meets the peer's programs", () => {
    expect(send([DROP])).toEqual(['dropped', 1]);
    expect(send([NEXT], attachType.NETKIT_PEER)).toEqual(['delivered', 1]);
  });
  test('spec 9.5: a peer that is down gets nothing', () => {
    bench.laboratory.setDeviceUp(bench.peer, false);
    expect(send([PASS])).toEqual(['dropped', 0]);
  });
  test('what is no netkit transmits nothing this way', () => {
    const device = bench.laboratory.addDevice();
    expect(() => bench.laboratory.kernel.runtime.transmit(device)).toThrow('(ENXIO)');
  });
});

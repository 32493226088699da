import { Kernel } from '@mprog/kernel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { perform } from '../test/crash/crash-checks.js';
import { hookText } from '../test/crash/crash-machine.js';
import { MemoryMachine } from '../test/crash/memory-machine.js';
import { policyText } from '../test/crash/policy-text.js';
import { look } from '../test/crash/sighting.js';
import { Manager } from './manager.js';

vi.setConfig({ testTimeout: 120_000 });

/** Somebody moves c and is killed; who comes next applies a policy that does not know c. */
describe.each(['overlap', 'in-place', 'gap'] as const)('a move by %s that was cut off', (strategy) => {
  let machine: MemoryMachine;
  afterEach(() => machine[Symbol.dispose]());

  function open(attach: 'link' | 'program') {
    const text = (order: string) => policyText({ layer: 'tcx', strategy, attach, order: order.split(' ') });
    machine = new MemoryMachine({
      name: 'stray move',
      layer: 'tcx',
      strategy,
      foreign: ['x'],
      before: text('a x b c'),
      after: text('a x b'),
      rebuilt: [],
      force: false,
    });
    const { target, stateDirectory: directory } = machine;
    const hook = hookText(target);
    const reference = 'pin:/sys/fs/bpf/mprog/programs/c';
    const options = { first: true, strategy };
    return {
      hook,
      reference,
      move: { kind: 'move', hook, reference, options },
      apply: { kind: 'apply', directory, force: false },
    } as const;
  }
  const keysOf = ({ chain }: ReturnType<typeof look>) => chain.map(({ key }) => key);

  test.each(['link', 'program'] as const)(
    'is finished by whoever applies a policy without that program, by %s',
    (attach) => {
      const { move, apply } = open(attach);
      for (let n = 1; ; n++) {
        machine.reset();
        const before = look(machine);
        if (!machine.die(move, { n, moment: 'after' }).killed) break;
        const when = `killed after change ${n}`;
        expect(perform(machine, apply).outcomes, when).toMatchObject([{ error: null }]);
        const now = look(machine, before.ids);
        expect(keysOf(now).toSorted(), when).toEqual(['a', 'b', 'c', 'x']);
        const ids = (chain: typeof now.chain) => new Set(chain.map(({ id }) => id));
        expect(ids(now.chain), when).toEqual(ids(before.chain));
        expect(now.pins, when).toEqual(before.pins);
        const second = perform(machine, apply);
        expect(second, when).toMatchObject({ outcomes: [{ outcome: 'unchanged' }], changes: 0 });
      }
    },
  );

  test('does not bring back what somebody detached since', () => {
    const { hook, reference, move, apply } = open('program');
    let missing = 0;
    for (let n = 1; ; n++) {
      machine.reset();
      const { ids } = look(machine);
      if (!machine.die(move, { n, moment: 'after' }).killed) break;
      if (keysOf(look(machine, ids)).includes('c')) continue;
      missing++;
      machine.use((host) => {
        const manager = new Manager({ kernel: new Kernel(host), stateDirectory: machine.stateDirectory });
        manager.attach(hook, reference, { link: false });
        manager.detach(hook, reference);
      });
      expect(perform(machine, apply).outcomes).toMatchObject([{ error: null }]);
      expect(keysOf(look(machine, ids))).toEqual(['a', 'x', 'b']);
    }
    expect(missing > 0).toBe(strategy === 'gap');
  });
});

import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import type { Capability, Laboratory } from '../../src/index.js';
import { code } from './spec-15-1-load.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { exit, instruction, join, load64, move, returns } from './spec-15-programs.js';

const layout = attr.progLoad;

/** What a type of program needs besides CAP_BPF, and the attach types that it may expect; any when absent. */
interface TypeRule {
  /** The beginning of its row. */
  readonly row: string;
  readonly types: readonly number[];
  readonly needs: Capability | null;
  readonly expected?: readonly number[];
}

const rules: readonly TypeRule[] = [
  { row: 'SOCKET_FILTER 1', types: [1], needs: null },
  { row: 'SOCKET_FILTER 1', types: [21], needs: null, expected: [0, 39, 40] },
  { row: 'CGROUP_SKB 8', types: [8], needs: null, expected: [0, 1] },
  { row: 'SCHED_CLS 3', types: [3, 4, 6, 15, 10, 11, 12, 19, 13, 14, 16, 22, 23], needs: 'CAP_NET_ADMIN' },
  { row: 'CGROUP_SOCK 9', types: [9], needs: 'CAP_NET_ADMIN', expected: [0, 2, 12, 13, 34] },
  {
    row: 'CGROUP_SOCK_ADDR 18',
    types: [18],
    needs: 'CAP_NET_ADMIN',
    expected: [8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53],
  },
  { row: 'CGROUP_SOCKOPT 25', types: [25], needs: 'CAP_NET_ADMIN', expected: [21, 22] },
  { row: 'SK_LOOKUP 30', types: [30], needs: null, expected: [36] },
  { row: 'NETFILTER 32', types: [32], needs: 'CAP_NET_ADMIN', expected: [45] },
  { row: 'KPROBE 2', types: [2, 5, 7, 17, 24], needs: 'CAP_PERFMON' },
  { row: 'SYSCALL 31', types: [31], needs: null, expected: [0] },
  { row: '0, 20', types: [0, 20, 33, 34, 1000], needs: null },
];
const beyondLast = 70;

/** What each type of program asks for, and what the verifier says of a program. */
export function spec15TypesSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);

  /** A load that ends with the row after the one of the types, where the instructions are read: EFAULT. */
  const upToInstructions = (type: number, expected: number, capabilities: readonly Capability[]) => {
    const { laboratory, raw } = getBench();
    return laboratory.withCapabilities(capabilities, () =>
      raw.load([
        [layout.type, type],
        [layout.expectedAttachType, expected],
        [layout.instructions, 0, 8],
      ]),
    );
  };

  for (const { row, types, needs, expected } of rules) {
    it(`spec 15.1.1 "${row}": types ${types.join(', ')} need CAP_BPF${needs === null ? '' : ` and ${needs}`}`, () => {
      const attachType = expected?.at(-1) ?? 0;
      for (const type of types) {
        const upTo = (...capabilities: Capability[]) => upToInstructions(type, attachType, capabilities);
        expect(upTo(), `type ${type}`).toBe('EPERM');
        expect(upTo('CAP_NET_ADMIN', 'CAP_PERFMON'), `type ${type}`).toBe('EPERM');
        expect(upTo('CAP_SYS_ADMIN'), `type ${type}`).toBe('EFAULT');
        expect(upTo('CAP_BPF'), `type ${type}`).toBe(needs === null ? 'EFAULT' : 'EPERM');
        expect(upTo('CAP_BPF', needs ?? 'CAP_NET_ADMIN'), `type ${type}`).toBe('EFAULT');
        const other = needs === 'CAP_PERFMON' ? 'CAP_NET_ADMIN' : 'CAP_PERFMON';
        expect(upTo('CAP_BPF', other), `type ${type}`).toBe(needs === null ? 'EFAULT' : 'EPERM');
      }
    });

    it(`spec 15.1.1 "${row}": types ${types.join(', ')} expect ${expected?.join(', ') ?? 'any attach type'}`, () => {
      for (const type of types) {
        for (let attachType = 0; attachType < beyondLast; attachType++) {
          const fits = expected === undefined || expected.includes(attachType);
          expect(upToInstructions(type, attachType, ['CAP_SYS_ADMIN']), `${type}, ${attachType}`).toBe(
            fits ? 'EFAULT' : 'EINVAL',
          );
        }
        expect(upToInstructions(type, 0xffff_ffff, ['CAP_SYS_ADMIN']), `${type}, -1`).toBe(
          expected === undefined ? 'EFAULT' : 'EINVAL',
        );
      }
    });
  }

  it('spec 15.1.1 "CGROUP_SOCK 9": without an attach type is taken as SOCK_CREATE', () => {
    const bench = getBench();
    const fd = bench.fd(bench.raw.load([], 168, 9));
    const other = bench.fd(bench.raw.load([[layout.expectedAttachType, 2]], 168, 9));
    const map = bench.map();
    const put = (program: number) =>
      bench.raw.call(2, 32, [
        [0, map],
        [8, bench.place([0, 0, 0, 0]), 8],
        [16, bench.place([program, 0, 0, 0]), 8],
      ]);
    expect(put(fd)).toBe(0);
    expect(put(other)).toBe(0);
    const third = bench.fd(bench.raw.load([[layout.expectedAttachType, 12]], 168, 9));
    expect(put(third)).toBe('EINVAL');
  });

  describeVerifier(getBench, traits);
}

function describeVerifier(getBench: ReturnType<typeof benches>, traits: Traits): void {
  const verified = traits.readOnly !== undefined;
  const verify = (
    instructions: Uint8Array,
    type: number = 3,
    fields: Parameters<typeof noFields>[0] = [],
  ) => {
    const bench = getBench();
    const result = bench.raw.load([...code(bench, instructions), ...fields], 168, type);
    return bench.track(result);
  };
  const noFields = (fields: readonly (readonly [number, number | bigint, (1 | 4 | 8)?])[]) => fields;

  onlyWhere(verified, because.verifier, 'spec 15.1.2 #1: programs of a wrong shape are EINVAL', () => {
    const bad: Readonly<Record<string, Uint8Array>> = {
      'unknown opcode': join(instruction(0xff), exit),
      'reserved field': join(instruction(0xb7, 0, 0, 1), exit),
      'register 11': join(instruction(0xb7, 11), exit),
      'jump out of range': join(instruction(0x05, 0, 0, 7), returns(0)),
      'falls off the end': move(0, 0),
      'unreachable instruction': join(returns(0), returns(0)),
      'back edge that never ends': join(move(0, 0), instruction(0x05, 0, 0, -1), exit),
      'half of a load': join(move(0, 0), instruction(0x18, 1)),
      'division by 0': join(move(0, 1), instruction(0x37, 0, 0, 0, 0), exit),
      'unknown helper': join(instruction(0x85, 0, 0, 0, 9999), exit),
    };
    for (const [what, instructions] of Object.entries(bad)) expect(verify(instructions), what).toBe('EINVAL');
  });

  onlyWhere(verified, because.verifier, 'spec 15.1.2 #1: helpers for GPL programs want the license', () => {
    const bench = getBench();
    // bpf_ktime_get_boot_ns is for everybody, bpf_trace_printk is not.
    const traced = join(
      move(1, 0),
      instruction(0x7b, 10, 1, -8),
      instruction(0xbf, 1, 10),
      instruction(0x07, 1, 0, 0, -8),
      move(2, 8),
      instruction(0x85, 0, 0, 0, 6),
      returns(0),
    );
    expect(verify(traced)).toBeTypeOf('number');
    expect(verify(traced, 3, [[layout.license, bench.text('MIT'), 8]])).toBe('EINVAL');
  });

  onlyWhere(verified, because.verifier, 'spec 15.1.2 #2: unsafe accesses are EACCES', () => {
    const bad: Readonly<Record<string, Uint8Array>> = {
      'R0 not set': exit,
      'read outside the context': join(instruction(0x61, 0, 1, 4096), exit),
      'read outside the stack': join(instruction(0x61, 0, 10, -1024), exit),
      'write into the context': join(move(2, 1), instruction(0x63, 1, 2, 0), returns(0)),
      'dereference of a number': join(move(2, 5), instruction(0x61, 0, 2, 0), exit),
    };
    for (const [what, instructions] of Object.entries(bad)) expect(verify(instructions), what).toBe('EACCES');
  });

  onlyWhere(
    verified,
    because.verifier,
    'spec 15.1.2 #3: a pointer is returned with CAP_PERFMON alone',
    () => {
      const { laboratory } = getBench();
      const leak = join(instruction(0xbf, 0, 10), exit);
      const capabilities: Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN'];
      expect(laboratory.withCapabilities(capabilities, () => verify(leak))).toBe('EACCES');
      const more: Capability[] = [...capabilities, 'CAP_PERFMON'];
      expect(laboratory.withCapabilities(more, () => verify(leak))).toBeTypeOf('number');
    },
  );

  it('spec 15.1.2 #4: maps without direct values', () => {
    const bench = getBench();
    const direct = (fields: readonly (readonly [number, number])[], offset: number = 0) =>
      verify(join(load64(1, 2, bench.map(fields), offset), returns(0)));
    const [type, entries, array, hash] = [0, 12, 2, 1];
    expect(
      direct([
        [type, array],
        [entries, 2],
      ]),
    ).toBe('ENOTSUPP');
    expect(
      direct([
        [type, hash],
        [entries, 1],
      ]),
    ).toBe('EINVAL');
    expect(direct([[entries, 1]])).toBe('EINVAL');
    expect(
      direct(
        [
          [type, array],
          [entries, 1],
        ],
        3,
      ),
    ).toBeTypeOf('number');
    expect(
      direct(
        [
          [type, array],
          [entries, 1],
        ],
        4,
      ),
    ).toBe('EINVAL');
  });

  onlyWhere(verified, because.verifier, 'spec 15.1.2: types bound what a program returns', () => {
    const returning = (type: number, expected: number, value: number) =>
      verify(returns(value), type, [[layout.expectedAttachType, expected]]);
    for (const [type, expected, highest] of [
      [8, 0, 1],
      [8, 1, 3],
      [9, 2, 1],
      [15, 0, 1],
      [25, 21, 1],
    ] as const) {
      for (let value = 0; value <= highest; value++)
        expect(returning(type, expected, value), `${type} ${value}`).toBeTypeOf('number');
      expect(returning(type, expected, highest + 1), `${type} ${highest + 1}`).toBe('EINVAL');
      expect(returning(type, expected, -1), `${type} -1`).toBe('EINVAL');
    }
    for (const type of [3, 6])
      for (const value of [-1, 99]) expect(returning(type, 0, value)).toBeTypeOf('number');
  });
}

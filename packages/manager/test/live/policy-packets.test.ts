import { appendFileSync } from 'node:fs';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, describe, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { PolicyBench } from '../suites/policy-bench.js';
import { DatagramStream, type Datagrams, STREAM_DEVICE, streamReason } from './stream/datagram-stream.js';

/** How often a chain is permuted; a longer run, `MPROG_PERMUTATIONS=100`, prints its figures. */
const PERMUTATIONS = Number(process.env.MPROG_PERMUTATIONS ?? 20);
const print = process.env.MPROG_PERMUTATIONS === undefined ? () => {} : console.info;
/** Renewing a program in place is a part of changing a chain. */
const RENEWED_EVERY = 10;
const NAMES = ['guard', 'telemetry', 'audit', 'parts'];
/** Datagrams that have to pass between two changes, so that the stream is there all the time. */
const BETWEEN = 10;
const BOUND_MILLISECONDS = 60_000 + PERMUTATIONS * 3000;

const policyOf = (order: readonly string[], strategy: string, attach: string) => `
version: 1
programs:
  guard: { object: guard.o }
  telemetry: { object: telemetry.o }
  audit: { object: audit.o, program: audit_in }
  parts: { object: parts.o }
hooks:
  - on: tcx/ingress
    devices: [${STREAM_DEVICE}]
    order: [${order.join(', ')}]
    attach: ${attach}
    strategy: ${strategy}
`;

liveSuite('packets while a chain is changed', () => {
  const bench = new PolicyBench(openLinuxLaboratory);
  let stream: DatagramStream | undefined;
  afterEach(async () => {
    await stream?.[Symbol.asyncDispose]();
    stream = undefined;
  });

  /** The device with the chain of four, and datagrams on their way through it. */
  async function begin(attach: string): Promise<{ stream: DatagramStream; seen: () => Datagrams }> {
    for (const name of NAMES) bench.provide(`${name}.o`, name);
    stream = await DatagramStream.open(bench.laboratory, BOUND_MILLISECONDS);
    bench.apply(policyOf(NAMES, 'overlap', attach));
    const { map } = guardMap(stream.ifindex);
    stream.start();
    return { stream, seen: () => readSeen(map) };
  }

  /** The map in which every copy and every version of the guard counts. */
  function guardMap(ifindex: number): { readonly id: number; readonly map: number } {
    const { kernel } = bench;
    const id = bench.ids(ifindex).find((_, index) => bench.names(ifindex)[index] === 'guard')!;
    using program = kernel.programs.open(id);
    for (const mapId of kernel.programs.info(program.fd).mapIds) {
      const map = kernel.maps.open(mapId);
      if (kernel.maps.info(map.fd).name === 'seen') return { id: mapId, map: map.fd };
      map.close();
    }
    throw new Error('the guard has no map of that name');
  }

  function readSeen(map: number): Datagrams {
    const at = (key: number) =>
      Number(
        new DataView(bench.kernel.maps.lookup(map, Uint8Array.of(key, 0, 0, 0), 8)!.buffer).getBigUint64(
          0,
          true,
        ),
      );
    return { even: at(0), odd: at(1) };
  }

  /** Returns when more datagrams have come than at an earlier count. */
  async function flow(seen: () => Datagrams, since: Datagrams): Promise<void> {
    const end = performance.now() + 30_000;
    while (seen().even < since.even + BETWEEN || seen().odd < since.odd + BETWEEN) {
      if (performance.now() > end) throw new Error('the stream has dried up');
      await new Promise(setImmediate);
    }
  }

  const skipReason = streamReason();

  describe.skipIf(skipReason !== null)('overlap', () => {
    test.each(['link', 'program', 'either'])(
      `not one passes the guard unseen while its chain is permuted ${PERMUTATIONS} times, attached by %s`,
      async (attach) => {
        const kindOf = (n: number) => (attach === 'either' ? (n % 3 === 0 ? 'program' : 'link') : attach);
        const { stream, seen } = await begin(kindOf(0));
        const { ifindex } = stream;
        const map = guardMap(ifindex).id;
        const during = { even: 0, odd: 0 };
        let [waits, steps, moved] = [0, 0, 0];
        for (const [n, order] of permutations(PERMUTATIONS).entries()) {
          if (n % RENEWED_EVERY === 0) appendFileSync(`${bench.stateDirectory}/guard.o`, '\0');
          const before = seen();
          const [outcome] = bench.apply(policyOf(order, 'overlap', kindOf(n)));
          const after = seen();
          expect(outcome).toMatchObject({ outcome: 'changed', error: null });
          expect(bench.names(ifindex)).toEqual(order.map((name) => (name === 'audit' ? 'audit_in' : name)));
          during.even += after.even - before.even;
          during.odd += after.odd - before.odd;
          waits += outcome!.waits;
          steps += outcome!.steps;
          moved++;
          await flow(seen, after);
        }
        const sent = await stream.stop();
        const arrived = await stream.arrived();
        const counted = seen();
        print(
          `${attach}: ${moved} permutations, ${steps} steps, ${waits} waits; sent ${words(sent)}; ` +
            `seen ${words(counted)}, of them ${words(during)} while the chain was changed; arrived ${words(arrived)}`,
        );
        expect(guardMap(ifindex).id).toBe(map);
        expect(arrived.odd).toBe(0);
        expect(counted.odd).toBeLessThanOrEqual(sent.odd);
        expect(counted.even).toBeGreaterThanOrEqual(arrived.even);
        expect(Math.min(during.even, during.odd, arrived.even)).toBeGreaterThan(PERMUTATIONS);
      },
      BOUND_MILLISECONDS + 60_000,
    );
  });

  describe.skipIf(skipReason !== null)('gap', () => {
    test.each(['link', 'program'])(
      'datagrams pass while the guard is away, attached by %s',
      async (attach) => {
        const { stream, seen } = await begin(attach);
        const [, ...others] = NAMES;
        let [arrived, n] = [await stream.arrived(), 0];
        for (; arrived.odd === 0 && n < 100; n++) {
          const order = n % 2 === 0 ? [...others, 'guard'] : ['guard', ...others];
          const before = seen();
          const [outcome] = bench.apply(policyOf(order, 'gap', attach));
          expect(outcome).toMatchObject({ outcome: 'changed', steps: 2, waits: 2, error: null });
          await flow(seen, before);
          arrived = await stream.arrived();
        }
        print(`${attach}: ${n} moves by gap, until ${arrived.odd} passed unseen`);
        expect(arrived.odd).toBeGreaterThan(0);
      },
      BOUND_MILLISECONDS + 60_000,
    );
  });
});

/** Orders of the chain of which each differs from the one before; the same ones each time. */
function permutations(count: number): readonly (readonly string[])[] {
  let state = 11;
  const below = (end: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % end;
  };
  let last: readonly string[] = NAMES;
  return Array.from({ length: count }, () => {
    let order: readonly string[];
    do {
      const left = [...NAMES];
      order = NAMES.map(() => left.splice(below(left.length), 1)[0]!);
    } while (order.join() === last.join());
    last = order;
    return order;
  });
}

function words({ even, odd }: Datagrams): string {
  return `${even} + ${odd}`;
}

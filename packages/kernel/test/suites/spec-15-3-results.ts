import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field } from './raw-calls.js';
import { CONTEXT, contextIn, contextOf, faults, LENGTH, run } from './spec-15-3-test-run.js';
import { benches, type Traits } from './spec-15-bench.js';

const layout = attr.testRun;
const FILLING = 0xee;

/** What PROG_TEST_RUN writes, byte for byte. */
export function spec15TestRunResultsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);

  /** Everything that a run wrote. */
  const outcome = (
    program: number,
    fields: readonly Field[],
    more: { output?: number; context?: number } = {},
  ) => {
    const bench = getBench();
    const output = bench.place(new Uint8Array(80).fill(FILLING));
    const context = bench.place(new Uint8Array(200).fill(FILLING));
    const result = run(bench, program, [
      [layout.result, 0xdddd_dddd],
      [layout.duration, 0xdddd_dddd],
      [layout.outputSize, more.output ?? 80],
      [layout.output, output, 8],
      [layout.contextOutputSize, more.context ?? 200],
      [layout.contextOutput, context, 8],
      ...fields,
    ]);
    const { raw } = bench;
    return {
      result,
      value: raw.field(layout.result),
      ran: raw.field(layout.duration) !== 0xdddd_dddd,
      outputSize: raw.field(layout.outputSize),
      contextSize: raw.field(layout.contextOutputSize),
      output: bench.read(output, 80),
      context: bench.read(context, 200),
    };
  };
  const packet = Array.from({ length: LENGTH }, (_, i) => i);
  const filled = (length: number, start: readonly number[] = []) => [
    ...start,
    ...new Array(length - start.length).fill(FILLING),
  ];
  const plainContext = [...contextOf({ 40: 1, 160: LENGTH })];
  const nothing = {
    value: 0xdddd_dddd,
    ran: false,
    outputSize: 80,
    contextSize: 200,
    output: filled(80),
    context: filled(200),
  };

  it('spec 15.3: what a run writes', () => {
    expect(outcome(getBench().verdict(-1), [])).toEqual({
      result: 0,
      value: 0xffff_ffff,
      ran: true,
      outputSize: LENGTH,
      contextSize: CONTEXT,
      output: filled(80, packet),
      context: filled(200, plainContext),
    });
  });

  it('spec 15.3: the context comes back with what was put in', () => {
    const bench = getBench();
    const ifindex = bench.laboratory.addDevice();
    const given = contextOf({
      8: 7,
      32: 5,
      36: 77,
      40: ifindex,
      48: 1,
      64: 2,
      152: 9,
      160: 100,
      164: 3,
      176: 4,
      184: 6,
    });
    const { result, context } = outcome(bench.verdict(), contextIn(bench, given));
    expect(result).toBe(0);
    expect(context).toEqual(filled(200, [...given]));
    const short = outcome(bench.verdict(), contextIn(bench, contextOf({ 8: 7 }, 12)));
    expect(short.context).toEqual(filled(200, [...contextOf({ 8: 7, 40: 1, 160: LENGTH })]));
  });

  it('spec 15.3 #1 to #9: a fault writes nothing', () => {
    const bench = getBench();
    const program = bench.verdict(3);
    for (const fault of faults.slice(0, 16)) {
      if (fault.size !== undefined || fault.fields === undefined) continue;
      const fields = fault.fields(bench);
      if (fields.some(([at]) => at === layout.contextOutput)) continue;
      expect(outcome(program, fields), fault.row).toEqual({ result: fault.error, ...nothing });
    }
  });

  it('spec 15.3 #10: room for less than the packet gets its first bytes, and the context nothing', () => {
    expect(outcome(getBench().verdict(3), [], { output: 20 })).toEqual({
      result: 'ENOSPC',
      value: 3,
      ran: true,
      outputSize: LENGTH,
      contextSize: 200,
      output: filled(80, packet.slice(0, 20)),
      context: filled(200),
    });
    expect(outcome(getBench().verdict(3), [[layout.output, 0, 8]], { output: 20 })).toMatchObject({
      result: 'ENOSPC',
      value: 3,
      outputSize: LENGTH,
    });
  });

  it('spec 15.3 #10: too little room wins over an address that is not there, which still keeps all from being written', () => {
    const bench = getBench();
    expect(outcome(bench.verdict(3), [[layout.output, bench.raw.nowhere, 8]], { output: 20 })).toEqual({
      result: 'ENOSPC',
      ...nothing,
      outputSize: 20,
    });
  });

  it('spec 15.3 #11: an unwritable packet writes nothing into the attr', () => {
    const bench = getBench();
    expect(outcome(bench.verdict(3), [[layout.output, bench.raw.nowhere, 8]])).toEqual({
      result: 'EFAULT',
      ...nothing,
    });
    expect(
      outcome(bench.verdict(3), [[layout.output, bench.atEnd(new Uint8Array(LENGTH)) + 1, 8]]).result,
    ).toBe('EFAULT');
  });

  it('spec 15.3 #11: an attr that ends before its results is EFAULT', () => {
    const bench = getBench();
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setUint32(layout.programFd, bench.verdict(3), true);
    view.setUint32(layout.inputSize, LENGTH, true);
    view.setBigUint64(layout.input, BigInt(bench.place(packet)), true);
    const at = bench.atEnd(bytes);
    const { arena, bpf } = bench.raw.host.systemCall;
    expect(bpf.call(bench.raw.host.systemCall, command.PROG_TEST_RUN, at, 24)).toBe(-14);
    const written = arena.bytes.length - 24;
    expect(arena.view.getUint32(written + layout.result, true)).toBe(3);
    expect(arena.view.getUint32(written + layout.outputSize, true)).toBe(LENGTH);
  });

  it('spec 15.3 #12: the context that goes back', () => {
    const bench = getBench();
    const done = { value: 3, ran: true, outputSize: LENGTH, output: filled(80, packet) };
    expect(outcome(bench.verdict(3), [], { context: 100 })).toEqual({
      result: 'ENOSPC',
      ...done,
      contextSize: CONTEXT,
      context: filled(200, plainContext.slice(0, 100)),
    });
    expect(outcome(bench.verdict(3), [[layout.contextOutput, bench.raw.nowhere, 8]])).toEqual({
      result: 'EFAULT',
      ...done,
      contextSize: 200,
      context: filled(200),
    });
  });

  it('spec 15.3: without a size the whole packet is written, unchecked', () => {
    const { result, output, outputSize } = outcome(getBench().verdict(), [], { output: 0 });
    expect({ result, output, outputSize }).toEqual({
      result: 0,
      output: filled(80, packet),
      outputSize: LENGTH,
    });
  });

  it('spec 15.3 a: an attr of 24 bytes is enough, and results go beyond it', () => {
    const bench = getBench();
    const fields: Field[] = [
      [layout.result, 0xdddd_dddd],
      [layout.duration, 0xdddd_dddd],
      [layout.cpu, 9],
    ];
    expect(run(bench, bench.verdict(3), fields, 24)).toBe(0);
    expect(bench.raw.field(layout.result)).toBe(3);
    expect(bench.raw.field(layout.outputSize)).toBe(LENGTH);
    expect(bench.raw.field(layout.duration)).not.toBe(0xdddd_dddd);
  });

  it('spec 15.3: no capability is needed', () => {
    const bench = getBench();
    const program = bench.verdict();
    expect(bench.laboratory.withCapabilities([], () => run(bench, program))).toBe(0);
  });
}

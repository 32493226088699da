import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field } from './raw-calls.js';
import { code, fdArray, named } from './spec-15-1-load.js';
import { type Bench, because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { btfBlob, btfType, LINE_TEXT } from './spec-15-btf.js';
import { join, load64, returns, twoFunctions, usesMap } from './spec-15-programs.js';

const layout = attr.progLoad;
const NOT_OPEN = 987_654;

/** Loads type information. */
export function loadBtf(bench: Bench, blob: Uint8Array = btfBlob()): number {
  return bench.fd(
    bench.raw.call(command.BTF_LOAD, 40, [
      [attr.btfLoad.btf, bench.place(blob), 8],
      [attr.btfLoad.size, blob.length],
    ]),
  );
}

/** Fields for records of functions, each an offset and a type. */
export function functions(
  bench: Bench,
  btf: number,
  records: readonly (readonly number[])[],
  size: number = 4 * (records[0]?.length ?? 0),
): readonly Field[] {
  const address = bench.place(new Uint8Array(Uint32Array.from(records.flat()).buffer));
  return [
    [layout.btfFd, btf],
    [layout.functionInfoSize, size],
    [layout.functionInfoCount, records.length],
    [layout.functionInfo, address, 8],
  ];
}

/** Fields for records of lines: offset, file, text, line and column. */
export function lines(
  bench: Bench,
  btf: number,
  records: readonly (readonly number[])[],
  size: number = 4 * (records[0]?.length ?? 0),
): readonly Field[] {
  const address = bench.place(new Uint8Array(Uint32Array.from(records.flat()).buffer));
  return [
    [layout.btfFd, btf],
    [layout.lineInfoSize, size],
    [layout.lineInfoCount, records.length],
    [layout.lineInfo, address, 8],
  ];
}

/** Type information of programs, and their tags. */
export function spec15BtfOfProgramsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const load = (...fields: readonly (readonly Field[])[]) => {
    const bench = getBench();
    return bench.track(bench.raw.load(fields.flat()));
  };
  const first = [0, btfType.FIRST] as const;

  it('spec 15.1.3: without records neither the BTF fd nor the record sizes are looked at', () => {
    const bench = getBench();
    const fd = bench.fd(
      load([
        [layout.btfFd, NOT_OPEN],
        [layout.functionInfoSize, 1],
        [layout.lineInfoSize, 1],
      ]),
    );
    expect(bench.raw.info(fd)).toBe(0);
    expect(bench.raw.u32(info.program.btfId)).toBe(0);
  });

  it('spec 15.1.3: what the BTF fd must be', () => {
    const bench = getBench();
    expect(load(functions(bench, NOT_OPEN, [first]))).toBe('EBADF');
    expect(load(functions(bench, 0, [first]))).toBe('EINVAL');
    expect(load(functions(bench, bench.map(), [first]))).toBe('EINVAL');
    expect(load(lines(bench, NOT_OPEN, [[0, LINE_TEXT, LINE_TEXT, 0]]))).toBe('EBADF');
  });

  onlyWhere(
    traits.readOnly !== undefined,
    because.kernelBtf,
    'spec 15.1.3: type information of the kernel is EACCES',
    () => {
      const bench = getBench();
      const kernel = bench.fd(bench.raw.openById(command.BTF_GET_FD_BY_ID, 1));
      expect(load(functions(bench, kernel, [first]))).toBe('EACCES');
    },
  );

  it('spec 15.1.3: a program holds its BTF and tells its id', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const id = bench.btfId(btf);
    const fd = bench.fd(load(functions(bench, btf, [first])));
    expect(bench.raw.info(fd)).toBe(0);
    expect(bench.raw.u32(info.program.btfId)).toBe(id);
    bench.closeFd(btf);
    expect(bench.exists('btf', id)).toBe(true);
    bench.closeFd(fd);
    expect(bench.exists('btf', id)).toBe(false);
  });

  it('spec 15.1.3: sizes of function records', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const sized = (size: number) => {
      const record = new Array(Math.ceil(size / 4)).fill(0);
      record[1] = btfType.FIRST;
      return load(functions(bench, btf, [record], size));
    };
    for (const size of [8, 12, 252]) expect(sized(size), `${size}`).toBeTypeOf('number');
    for (const size of [0, 4, 7, 9, 10, 256, 260]) expect(sized(size), `${size}`).toBe('EINVAL');
  });

  it('spec 15.1.3: junk behind the known part of a function record is E2BIG, and the known size is written', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    expect(load(functions(bench, btf, [[0, btfType.FIRST, 1]]))).toBe('E2BIG');
    expect(bench.raw.field(layout.functionInfoSize)).toBe(8);
    expect(bench.raw.field(layout.functionInfoCount)).toBe(1);
  });

  it('spec 15.1.3: unreadable records are EFAULT', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const nowhere = (at: number): readonly Field[] => [[at, bench.raw.nowhere, 8]];
    expect(load(functions(bench, btf, [first]), nowhere(layout.functionInfo))).toBe('EFAULT');
    expect(load(lines(bench, btf, [[0, LINE_TEXT, LINE_TEXT, 0]]), nowhere(layout.lineInfo))).toBe('EFAULT');
  });

  it('spec 15.1.3: function records must be the functions of the program', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const two = code(bench, twoFunctions());
    const second = [2, btfType.SECOND] as const;
    const info = (records: readonly (readonly number[])[]) => load(two, functions(bench, btf, records));
    expect(info([first, second])).toBeTypeOf('number');
    expect(load(two)).toBeTypeOf('number');
    expect(info([first])).toBe('EINVAL');
    expect(info([second, first])).toBe('EINVAL');
    expect(info([first, [1, btfType.SECOND]])).toBe('EINVAL');
    expect(info([[1, btfType.FIRST], second])).toBe('EINVAL');
    expect(info([first, [2, btfType.INT]])).toBe('EINVAL');
    expect(info([first, [2, 99]])).toBe('EINVAL');
    expect(load(functions(bench, btf, [first, second]))).toBe('EINVAL');
  });

  it('spec 15.1.3: sizes and strings of line records', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const line = [0, LINE_TEXT, LINE_TEXT, 1 << 10] as const;
    const known = functions(bench, btf, [first]);
    const info = (records: readonly (readonly number[])[], size?: number) =>
      load(known, lines(bench, btf, records, size));
    expect(info([line])).toBeTypeOf('number');
    expect(info([[...line, 0]])).toBeTypeOf('number');
    expect(info([[...line, 1]])).toBe('E2BIG');
    expect(bench.raw.field(layout.lineInfoSize)).toBe(16);
    for (const size of [0, 8, 12, 18, 256]) expect(info([line], size), `${size}`).toBe('EINVAL');
    expect(info([[0, 9999, LINE_TEXT, 0]])).toBe('EINVAL');
    expect(info([[0, LINE_TEXT, 9999, 0]])).toBe('EINVAL');
  });

  it('spec 15.1.3: line records stand in order, at instructions, and at the start of each function', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const at = (...offsets: readonly number[]) =>
      load(
        code(bench, join(load64(1, 0, 7), twoFunctions())),
        functions(bench, btf, [first, [4, btfType.SECOND]]),
        lines(
          bench,
          btf,
          offsets.map((offset) => [offset, LINE_TEXT, LINE_TEXT, 0]),
        ),
      );
    expect(at(0, 4)).toBeTypeOf('number');
    expect(at(0, 2, 4, 5)).toBeTypeOf('number');
    expect(at(0, 2, 2, 4)).toBe('EINVAL');
    expect(at(0, 4, 2)).toBe('EINVAL');
    expect(at(0, 1, 4)).toBe('EINVAL');
    expect(at(0, 4, 6)).toBe('EINVAL');
    expect(at(0)).toBe('EINVAL');
    expect(at(0, 5)).toBe('EINVAL');
    expect(at(2, 4)).toBe('EINVAL');
  });

  it('spec 15.1.3: a fault of the BTF fd comes before one of the records, and functions before lines', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const nowhere: readonly Field[] = [[layout.functionInfo, bench.raw.nowhere, 8]];
    expect(load(functions(bench, NOT_OPEN, [first], 7))).toBe('EBADF');
    expect(load(functions(bench, btf, [first], 7), nowhere)).toBe('EINVAL');
    const badLine = lines(bench, btf, [[0, 9999, LINE_TEXT, 0]]);
    expect(load(badLine, functions(bench, btf, [[0, btfType.FIRST, 1]]))).toBe('E2BIG');
  });

  it('spec 15.1 #14 #15: records are read before the fds of maps in the instructions', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const map = code(bench, usesMap(NOT_OPEN));
    expect(load(map, functions(bench, btf, [first], 7))).toBe('EINVAL');
    expect(load(map, functions(bench, btf, [first]))).toBe('EBADF');
  });

  const tagOf = (fd: number): string => {
    const { raw } = getBench();
    expect(raw.info(fd)).toBe(0);
    return Buffer.from(raw.bytes(info.program.tag, 8)).toString('hex');
  };
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const tag = (...fields: readonly (readonly Field[])[]) => tagOf(getBench().fd(load(...fields)));

  it('spec 15.1.4: the tag is the start of the SHA-256 of the instructions alone', () => {
    const bench = getBench();
    expect(tag()).toBe('59f4a931744dcdc6');
    expect(tag(code(bench, returns(5)))).toBe(hash(returns(5)));
    expect(
      tag(named('other'), [
        [layout.type, 8],
        [layout.license, bench.text('x'), 8],
      ]),
    ).toBe('59f4a931744dcdc6');
    expect(tag([[layout.expectedAttachType, 46]])).toBe('59f4a931744dcdc6');
    expect(tag(code(bench, twoFunctions()))).toBe(hash(twoFunctions()));
  });

  it('spec 15.1.4: fds and offsets of maps are hashed as zero', () => {
    const bench = getBench();
    const zeroed = join(load64(1, 1, 0), returns(0));
    expect(tag(code(bench, usesMap(bench.map())))).toBe(hash(zeroed));
    expect(tag(code(bench, usesMap(bench.map())))).toBe(hash(zeroed));
    const array = bench.map([
      [0, 2],
      [12, 1],
    ]);
    const value = code(bench, join(load64(1, 2, array, 3), returns(0)));
    expect(tag(value)).toBe(hash(join(load64(1, 2, 0), returns(0))));
  });

  it('spec 15.1.4: indices into the array of fds and plain numbers are hashed as given', () => {
    const bench = getBench();
    const array = bench.map([
      [0, 2],
      [12, 1],
    ]);
    const [fds] = fdArray(bench, [array, array]);
    for (const [source, low, high] of [
      [5, 0, 0],
      [5, 1, 0],
      [6, 1, 3],
      [0, 0x1234, 0x5678],
    ] as const) {
      const instructions = join(load64(1, source, low, high), returns(0));
      expect(tag(code(bench, instructions), [fds!]), `${source} ${low}`).toBe(hash(instructions));
    }
  });
}

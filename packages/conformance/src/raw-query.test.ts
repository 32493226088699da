import { Arena, attr, command, errno, type SystemCall } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { type RawQuery, rawQuery } from './raw-query.js';

const layout = attr.progQuery;
const query: RawQuery = {
  target: 4,
  attachType: 46,
  count: 2,
  queryFlags: 1,
  attachFlags: 3,
  programIds: true,
  programFlags: true,
};

/** A system call that lets `answer` write into the attr and the arrays behind its pointers. */
function answering(
  answer: (attrAt: number, view: DataView, array: (field: number) => number) => number,
): SystemCall {
  const arena = new Arena(new ArrayBuffer(64 * 1024), 0x1000);
  const bpf = (number: number, at: number, size: number): number => {
    expect([number, size]).toEqual([command.PROG_QUERY, layout.end]);
    const start = at - arena.base;
    return answer(start, arena.view, (field) => arena.getUint64(start + field) - arena.base);
  };
  return { arena, bpf, bpfLater: async (number, at, size) => bpf(number, at, size) };
}

test('a raw query passes every input and reads back what was written', () => {
  const kernel = answering((at, view, array) => {
    const fields = [layout.target, layout.attachType, layout.queryFlags, layout.attachFlags, layout.count];
    expect(fields.map((field) => view.getUint32(at + field, true))).toEqual([4, 46, 1, 3, 2]);
    view.setUint32(at + layout.attachFlags, 0, true);
    view.setUint32(at + layout.count, 3, true);
    view.setBigUint64(at + layout.revision, 2n ** 40n, true);
    for (const i of [0, 1]) {
      view.setUint32(array(layout.programIds) + i * 4, 10 + i, true);
      view.setUint32(array(layout.programFlags) + i * 4, 0, true);
      view.setUint32(array(layout.linkIds) + i * 4, 20 * i, true);
    }
    return -errno.ENOSPC;
  });
  expect(rawQuery(kernel, query)).toEqual({
    result: -errno.ENOSPC,
    count: 3,
    revision: 2 ** 40,
    attachFlags: 0,
    programIds: [10, 11],
    programFlags: [0, 0],
    linkIds: [0, 20],
  });
});

test('arrays that are left out are NULL, and nothing of an earlier query remains', () => {
  let calls = 0;
  const kernel = answering((_, view, array) => {
    if (calls++ === 0) view.setUint32(array(layout.linkIds), 9, true);
    else expect([array(layout.programIds), array(layout.programFlags)]).toEqual([-0x1000, -0x1000]);
    return 0;
  });
  expect(rawQuery(kernel, query).linkIds).toEqual([9]);
  const none = rawQuery(kernel, { ...query, programIds: false, programFlags: false });
  expect([none.programIds, none.programFlags, none.linkIds]).toEqual([null, null, []]);
});

test('an entry written past the capacity shows', () => {
  const kernel = answering((_, view, array) => {
    view.setUint32(array(layout.programIds) + 2 * 4, 7, true);
    return 0;
  });
  expect(rawQuery(kernel, query).programIds).toEqual([0xffff_ffff, 0xffff_ffff, 7]);
});

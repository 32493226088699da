import { describe, expect, test } from 'vitest';
import { attachType, command, flag, type Laboratory, programType } from '../../src/index.js';
import { Bench, BOGUS, UNUSED_ID } from './bench.js';
import { fdOf } from './raw-calls.js';

/** Chapter 2 of the specification: objects, look-ups, who holds what. */
export function chapter2(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);
  const { ID, LINK, BEFORE } = flag;
  // Whoever else makes links on this machine takes ids too.
  const shared = { retry: 5 };

  describe('spec 2: programs and links', () => {
    test('spec 2: a program goes with its last fd, and its id with it', () => {
      const { raw } = bench;
      const program = bench.program();
      const id = raw.idOf(program);
      const second = fdOf(raw.programById(id));
      raw.close(program);
      expect(raw.idOf(second)).toBe(id);
      raw.close(second);
      expect(raw.programById(id)).toBe('ENOENT');
    });

    test('spec 2: an attachment does not hold its link, so the last close detaches it', () => {
      const { raw, device } = bench;
      const link = bench.link(bench.program());
      expect(raw.query(device).count).toBe(1);
      raw.close(link);
      expect(raw.query(device)).toMatchObject({ count: 0, revision: 1 });
    });

    test('spec 2: a defunct link keeps id, fd, program name and program reference', () => {
      const { raw } = bench;
      const program = bench.program();
      const programId = raw.idOf(program);
      const link = bench.link(program);
      const { id } = raw.linkInfo(link);
      expect(raw.linkDetach(link)).toBe(0);
      raw.close(program);
      expect(raw.linkInfo(link)).toEqual({
        type: 11,
        id,
        program: programId,
        ifindex: 0,
        attachType: attachType.TCX_INGRESS,
      });
      raw.close(fdOf(raw.programById(programId)));
      raw.close(link);
      expect(raw.programById(programId)).toBe('ENOENT');
      expect(raw.linkById(id)).toBe('ENOENT');
    });

    test('spec 2: ids of programs are given out upwards and not reused soon', () => {
      const { raw } = bench;
      const first = bench.program();
      const id = raw.idOf(first);
      raw.close(first);
      expect(raw.idOf(bench.program())).toBeGreaterThan(id);
    });

    test('spec 2: a LINK_CREATE that fails in the attach step has consumed a link id', shared, () => {
      const { raw, device } = bench;
      const program = bench.program();
      const link = bench.link(program);
      const { id } = raw.linkInfo(link);
      expect(raw.linkCreate({ target: device, program })).toBe('EEXIST');
      expect(raw.linkInfo(bench.link(bench.program())).id).toBe(id + 2);
    });

    test('spec 2: a LINK_CREATE that fails before the attach step has consumed none', shared, () => {
      const { raw } = bench;
      const { id } = raw.linkInfo(bench.link(bench.program()));
      expect(raw.linkCreate({ target: 0, program: bench.program() })).toBe('ENODEV');
      expect(raw.linkInfo(bench.link(bench.program())).id).toBe(id + 1);
    });
  });

  describe('spec 2.1: look-ups', () => {
    const attachBy = (program: number): unknown => bench.raw.attach({ target: bench.device, program });
    const updateBy = (link: number): unknown => bench.raw.linkUpdate(link, bench.program());

    test('spec 2.1: program by fd: not open is EBADF', () => {
      expect(attachBy(BOGUS)).toBe('EBADF');
    });
    test('spec 2.1: program by fd: open but no program is EINVAL', () => {
      expect(attachBy(bench.laboratory.openFile())).toBe('EINVAL');
      expect(attachBy(bench.link(bench.program()))).toBe('EINVAL');
    });
    test('spec 2.1: program by fd: of another type is EINVAL', () => {
      expect(attachBy(bench.otherProgram())).toBe('EINVAL');
    });
    test('spec 2.1: link by fd: not open is EBADF', () => {
      expect(updateBy(BOGUS)).toBe('EBADF');
    });
    test('spec 2.1: link by fd: open but no link is EINVAL', () => {
      expect(updateBy(bench.laboratory.openFile())).toBe('EINVAL');
      expect(updateBy(bench.program())).toBe('EINVAL');
    });
    test.each([0, UNUSED_ID])('spec 2.1: program by id %i is ENOENT', (id) => {
      expect(bench.raw.programById(id)).toBe('ENOENT');
      expect(
        bench.raw.attach({
          target: bench.device,
          program: bench.program(),
          flags: BEFORE | ID,
          relative: id,
        }),
      ).toBe('ENOENT');
    });
    test.each([0, UNUSED_ID])('spec 2.1: link by id %i is ENOENT', (id) => {
      expect(bench.raw.linkById(id)).toBe('ENOENT');
      const flags = BEFORE | ID | LINK;
      expect(bench.raw.attach({ target: bench.device, program: bench.program(), flags, relative: id })).toBe(
        'ENOENT',
      );
    });
    test('spec 2.1: link by id: created but not yet announced is EAGAIN', shared, () => {
      const { raw, device } = bench;
      const { id } = raw.linkInfo(bench.link(bench.program()));
      // The link that is being made is the only one that can be met before its announcement.
      const fields = {
        target: device,
        program: bench.program(),
        flags: BEFORE | ID | LINK,
        relative: id + 1,
      };
      expect(raw.linkCreate(fields)).toBe('EAGAIN');
    });
    test('spec 2.1: fd 0 is an ordinary number', () => {
      expect(attachBy(0)).toBe('EINVAL');
      expect(bench.raw.linkDetach(0)).toBe('EINVAL');
    });
  });

  describe('spec 2.2: who holds what', () => {
    const isGone = (id: number): boolean => {
      const fd = bench.raw.programById(id);
      if (typeof fd === 'number') bench.raw.close(fd);
      return fd === 'ENOENT';
    };
    /** Loads a program, lets an operation take it and closes its fd; what holds it then is not an fd. */
    const given = (operation: (program: number) => unknown): number => {
      const program = bench.program();
      const id = bench.raw.idOf(program);
      expect(operation(program)).toBe(0);
      bench.raw.close(program);
      return id;
    };

    test('spec 2.2: PROG_ATTACH: the slot owns a reference', () => {
      expect(isGone(given((program) => bench.raw.attach({ target: bench.device, program })))).toBe(false);
    });

    test('spec 2.2: PROG_ATTACH REPLACE: the slot drops the old program and owns the new one', () => {
      const { raw, device } = bench;
      const first = bench.program();
      const old = raw.idOf(first);
      bench.attach([first]);
      const current = given((program) =>
        raw.attach({ target: device, program, flags: flag.REPLACE, replace: first }),
      );
      raw.close(first);
      expect([isGone(old), isGone(current)]).toEqual([true, false]);
    });

    test('spec 2.2: PROG_DETACH: the slot drops its reference', () => {
      const { raw, device } = bench;
      const id = given((program) => raw.attach({ target: device, program }));
      expect(raw.detach({ target: device })).toBe(0);
      expect(isGone(id)).toBe(true);
    });

    test('spec 2.2: LINK_CREATE: the link owns one reference', () => {
      let link = 0;
      const id = given((program) => {
        link = bench.link(program);
        return 0;
      });
      expect(isGone(id)).toBe(false);
      bench.raw.close(link);
      expect(isGone(id)).toBe(true);
    });

    test('spec 2.2: LINK_UPDATE: the reference moves to the new program', () => {
      const { raw } = bench;
      const first = bench.program();
      const old = raw.idOf(first);
      const link = bench.link(first);
      raw.close(first);
      const { id } = raw.linkInfo(link);
      const current = given((program) => raw.linkUpdate(link, program));
      expect([isGone(old), isGone(current)]).toEqual([true, false]);
      expect(raw.linkInfo(link)).toMatchObject({ id, program: current });
    });

    test('spec 2.2: LINK_DETACH: the link keeps its reference', () => {
      const { raw } = bench;
      const program = bench.program();
      const id = raw.idOf(program);
      const link = bench.link(program);
      raw.close(program);
      expect(raw.linkDetach(link)).toBe(0);
      expect(isGone(id)).toBe(false);
    });

    test('spec 2.2: device removed: direct slots drop theirs, links keep theirs', () => {
      const { raw, device } = bench;
      const direct = given((program) => raw.attach({ target: device, program }));
      const program = bench.program();
      const id = raw.idOf(program);
      const link = bench.link(program);
      raw.close(program);
      bench.laboratory.removeDevice(device);
      expect([isGone(direct), isGone(id)]).toEqual([true, false]);
      expect(raw.linkInfo(link).ifindex).toBe(0);
    });

    test('spec 2.2: a failing operation changes nothing, and LINK_CREATE gives no fd', () => {
      const { raw, device } = bench;
      const program = bench.program();
      bench.attach([program]);
      const before = raw.query(device);
      expect(raw.linkCreate({ target: device, program })).toBe('EEXIST');
      expect(raw.attach({ target: device, program: bench.program(), flags: BEFORE, relative: BOGUS })).toBe(
        'EBADF',
      );
      expect(raw.query(device)).toEqual(before);
      expect(raw.idOf(program)).toBe(before.programs[0]);
    });

    test('spec 2.2: a program of any type is held by its fd alone', () => {
      const { raw } = bench;
      const fd = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const id = raw.idOf(fd);
      raw.close(fd);
      expect(raw.openById(command.PROG_GET_FD_BY_ID, id)).toBe('ENOENT');
    });
  });
}

import { describe, expect, test } from 'vitest';
import { cgroupAttachTypes } from '../../src/abi/cgroup-attach-type.js';
import { attachType, flag, type Laboratory, programType, queryFlag } from '../../src/index.js';
import { BOGUS } from './bench.js';
import { CgroupBench } from './cgroup-bench.js';
import { fdOf } from './raw-calls.js';

const { ALLOW_MULTI, BEFORE, ID } = flag;
const { EFFECTIVE } = queryFlag;

/** Program types of the attach types of the cgroup layer that 15.8 #9 names. */
const typesOf: readonly (readonly [name: string, type: number, attachTypes: readonly number[]])[] = [
  ['CGROUP_SKB', 8, [0, 1]],
  ['CGROUP_SOCK', 9, [2, 12, 13, 34]],
  ['SOCK_OPS', 13, [3]],
  ['CGROUP_DEVICE', 15, [6]],
  ['CGROUP_SOCK_ADDR', 18, [8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53]],
  ['CGROUP_SYSCTL', 23, [18]],
  ['CGROUP_SOCKOPT', 25, [21, 22]],
];
const SOCKMAP = [4, 5, 7, 38] as const;
const FLOW_DISSECTOR = 17;
const SK_LOOKUP = 36;
const LSM_MAC = 27;
const LSM_CGROUP = 43;

/** What 15.8 adds to chapters 7 and 10 about attach types. */
export function chapter10Beside(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  describe('spec 15.8: attach types', () => {
    test('spec 15.8 #9: they are all that hooks can name', () => {
      const named = Object.values(cgroupAttachTypes).toSorted((a, b) => a - b);
      expect(typesOf.flatMap(([, , types]) => types).toSorted((a, b) => a - b)).toEqual(named);
    });
    test.each(typesOf)(
      'spec 15.8 #9: %s attaches, links, detaches and is queried',
      (_name, type, attachTypes) => {
        const { raw, parent, laboratory } = bench;
        for (const attachType of attachTypes) {
          // Some of them are bound to return 1.
          const load = () => laboratory.loadVerdict(1, { type, expectedAttachType: attachType });
          const [direct, owned] = [load(), load()];
          const hook = { target: parent.fd, type: attachType };
          expect([attachType, raw.attach({ ...hook, program: direct, flags: ALLOW_MULTI })]).toEqual([
            attachType,
            0,
          ]);
          const link = fdOf(raw.linkCreate({ ...hook, program: owned }));
          expect(bench.query(parent, { type: attachType })).toMatchObject({
            mode: ALLOW_MULTI,
            programs: bench.ids([direct, owned]),
          });
          expect(bench.linkInfo(link).attachType).toBe(attachType);
          expect(raw.detach({ ...hook, program: direct })).toBe(0);
          expect(raw.linkDetach(link)).toBe(0);
          expect(bench.query(parent, { type: attachType })).toMatchObject({ mode: 0, count: 0, revision: 5 });
          for (const fd of [direct, owned, link]) raw.close(fd);
        }
      },
    );
    test('spec 15.8 #10: an update looks at the type alone', () => {
      const { raw, parent } = bench;
      const link = bench.link(parent, bench.program());
      const bound = bench.program(2, attachType.CGROUP_INET_EGRESS);
      expect(bench.createLink(parent, bound)).toBe('EINVAL');
      expect(raw.linkUpdate(link, bound)).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([bound]));
    });
    test.each(SOCKMAP)('spec 15.8 #11: sockmap attach type %i: the target must be open and a map', (type) => {
      const { raw, laboratory } = bench;
      const [number, expected] = type === 7 ? [16, 7] : [14, type];
      const program = fdOf(raw.load([[68, expected]], 168, number));
      const file = laboratory.openFile();
      for (const call of [
        (target: number) => raw.attach({ target, type, program }),
        (target: number) => raw.linkCreate({ target, type, program }),
        (target: number) => raw.detach({ target, type, program }),
        (target: number) => raw.query(target, type).result,
      ]) {
        expect([call(BOGUS), call(file)]).toEqual(['EBADF', 'EINVAL']);
      }
    });
    test.each([FLOW_DISSECTOR, SK_LOOKUP])(
      'spec 15.8 #11: attach type %i: a link and a query likewise',
      (type) => {
        const { raw, laboratory } = bench;
        const program = fdOf(raw.load([[68, type]], 168, type === SK_LOOKUP ? 30 : 22));
        const file = laboratory.openFile();
        const create = (target: number) => raw.linkCreate({ target, type, program });
        expect([create(BOGUS), create(file)]).toEqual(['EBADF', 'EINVAL']);
        expect([raw.query(BOGUS, type).result, raw.query(file, type).result]).toEqual(['EBADF', 'EINVAL']);
      },
    );
    test('spec 15.8 #12: LSM_CGROUP: the target as in 10.2, then an empty query and ENOENT for detach', () => {
      const { raw, parent, laboratory } = bench;
      const type = LSM_CGROUP;
      for (const fields of [{ flags: EFFECTIVE }, { programFlags: true }, { ids: false }, { count: 0 }])
        expect(bench.query(parent, { type, ...fields })).toMatchObject({ result: 0, count: 0, revision: 0 });
      // Ids without an array for their flags, or flags of what is effective.
      for (const fields of [{}, { flags: EFFECTIVE, programFlags: true }])
        expect(bench.query(parent, { type, ...fields }).result).toBe('EINVAL');
      expect(raw.detach({ target: parent.fd, type })).toBe('ENOENT');
      for (const target of [BOGUS, laboratory.openFile()]) {
        expect(raw.query(target, type).result).toBe('EBADF');
        expect(raw.detach({ target, type })).toBe('EBADF');
      }
    });
    test('spec 15.8 #12: LSM_MAC: detach is EBADF for what is no cgroup, else EINVAL', () => {
      const { raw, parent, laboratory } = bench;
      expect(raw.detach({ target: BOGUS, type: LSM_MAC })).toBe('EBADF');
      expect(raw.detach({ target: laboratory.openFile(), type: LSM_MAC })).toBe('EBADF');
      expect(raw.detach({ target: parent.fd, type: LSM_MAC })).toBe('EINVAL');
    });
  });

  describe('spec 4.2: links of other types', () => {
    test('spec 4.2 "LINK, no ID, fd" "LINK + ID": the program of the link must be of the type', () => {
      const { raw, parent, laboratory } = bench;
      const link = bench.link(parent, bench.program());
      const target = laboratory.addDevice();
      const program = laboratory.loadVerdict(-1, { type: programType.SCHED_CLS });
      const fields = { target, program, type: attachType.TCX_INGRESS };
      const flags = BEFORE | flag.LINK;
      expect(raw.attach({ ...fields, flags, relative: link })).toBe('EINVAL');
      expect(raw.attach({ ...fields, flags: flags | ID, relative: raw.idOf(link) })).toBe('EINVAL');
    });
  });
}

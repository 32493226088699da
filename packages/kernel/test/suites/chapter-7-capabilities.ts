import { describe, expect, test } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { attachType, type Capability, command, flag, type Laboratory, programType } from '../../src/index.js';
import { CgroupBench } from './cgroup-bench.js';
import { fdOf, type Result } from './raw-calls.js';

const { CGROUP_INET_INGRESS, CGROUP_DEVICE, TCX_INGRESS } = attachType;
const { ALLOW_MULTI, BEFORE, ID, LINK, REPLACE } = flag;

const all: readonly Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYS_ADMIN'];
/** Every set of the four. */
const sets: readonly (readonly Capability[])[] = Array.from({ length: 1 << all.length }, (_, bits) =>
  all.filter((_, i) => (bits & (1 << i)) !== 0),
);

/** Section 7.10 of the specification: what each operation needs, for every set of capabilities. */
export function chapter7Capabilities(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  const has = (set: readonly Capability[], capability: Capability) =>
    set.includes(capability) || set.includes('CAP_SYS_ADMIN');
  const none = () => true;
  const netAdmin = (set: readonly Capability[]) => has(set, 'CAP_NET_ADMIN');

  /**
   * Does an operation once for each set and checks which of them it needs.
   *
   * @param prepare is fully capable and gives the operation, which must work again and again
   */
  const row = (
    which: string,
    name: string,
    allowed: (set: readonly Capability[]) => boolean,
    refusal: string,
    prepare: () => () => Result,
  ) => {
    test(`spec 7.10 "${which}": ${name}`, () => {
      const operation = prepare();
      for (const set of sets) {
        const result = bench.laboratory.withCapabilities(set, operation);
        const expected = allowed(set) ? 'ok' : refusal;
        expect([set, typeof result === 'number' ? 'ok' : result]).toEqual([set, expected]);
      }
    });
  };
  const opened = (result: Result): Result => {
    if (typeof result === 'number') bench.raw.close(result);
    return result;
  };
  const load = (type: number) => () => () => opened(bench.raw.load([], 168, type));
  const deviceHook = () => ({ target: bench.child.fd, type: CGROUP_DEVICE });
  const inetHook = () => ({ target: bench.child.fd, type: CGROUP_INET_INGRESS });

  describe('spec 7.10: loading', () => {
    const both = (set: readonly Capability[]) => has(set, 'CAP_BPF') && netAdmin(set);
    row('load SCHED_CLS', 'CAP_BPF and CAP_NET_ADMIN', both, 'EPERM', load(programType.SCHED_CLS));
    row('load SCHED_CLS', 'CGROUP_DEVICE the same', both, 'EPERM', load(programType.CGROUP_DEVICE));
    row('load CGROUP_SKB', 'CAP_BPF', (set) => has(set, 'CAP_BPF'), 'EPERM', load(programType.CGROUP_SKB));
  });

  describe('spec 7.10: tcx', () => {
    const hook = () => ({ target: bench.laboratory.addDevice(), type: TCX_INGRESS });
    const verdict = () => bench.laboratory.loadVerdict(-1);

    row('tcx attach', 'by id, replace, detach with program: none', none, '', () => {
      const { raw } = bench;
      const [first, second, third] = [verdict(), verdict(), verdict()];
      const target = hook();
      raw.attach({ ...target, program: first });
      const relative = raw.idOf(first);
      return () => {
        const results = [
          raw.attach({ ...target, program: second, flags: BEFORE | ID, relative }),
          raw.attach({ ...target, program: third, flags: REPLACE, replace: second }),
          raw.detach({ ...target, program: third }),
        ];
        return results.find((result) => result !== 0) ?? 0;
      };
    });
    row('tcx attach', 'links and their info: none', none, '', () => {
      const { raw } = bench;
      const [first, second] = [verdict(), verdict()];
      const target = hook();
      return () => {
        const link = raw.linkCreate({ ...target, program: first });
        if (typeof link === 'string') return link;
        const results = [raw.linkUpdate(link, second), raw.info(link, 64), raw.linkDetach(link)];
        raw.close(link);
        return results.find((result) => result !== 0) ?? 0;
      };
    });
    row('tcx detach without program fd', 'CAP_NET_ADMIN', netAdmin, 'EPERM', () => {
      const { raw } = bench;
      const target = hook();
      const program = verdict();
      return () => {
        raw.attach({ ...target, program });
        const result = raw.detach(target);
        if (result !== 0) raw.detach({ ...target, program });
        return result;
      };
    });
    row('query (all hooks)', 'tcx: CAP_NET_ADMIN', netAdmin, 'EPERM', () => {
      const { target, type } = hook();
      return () => bench.raw.query(target, type).result;
    });
  });

  describe('spec 7.10: cgroup', () => {
    row('cgroup-skb attach', 'CAP_NET_ADMIN, refused as EINVAL', netAdmin, 'EINVAL', () => {
      const { raw } = bench;
      const program = bench.program();
      return () => {
        const result = raw.attach({ ...inetHook(), program, flags: ALLOW_MULTI });
        if (result === 0) raw.detach({ ...inetHook(), program });
        return result;
      };
    });
    row('cgroup-skb attach', 'link: CAP_NET_ADMIN, refused as EPERM', netAdmin, 'EPERM', () => {
      const program = bench.program();
      return () => opened(bench.raw.linkCreate({ ...inetHook(), program }));
    });
    row('cgroup detach', 'link update and link detach of CGROUP_SKB: none', none, '', () => {
      const { raw, laboratory } = bench;
      const [direct, owned, other] = bench.programs(3) as [number, number, number];
      return () => {
        laboratory.withCapabilities(all, () =>
          raw.attach({ ...inetHook(), program: direct, flags: ALLOW_MULTI }),
        );
        const link = laboratory.withCapabilities(all, () => bench.link(bench.child, owned));
        const results = [
          raw.detach({ ...inetHook(), program: direct }),
          raw.linkUpdate(link, other),
          raw.info(link, 64),
          raw.linkDetach(link),
        ];
        raw.close(link);
        return results.find((result) => result !== 0) ?? 0;
      };
    });
    row(
      'cgroup detach',
      'attach, detach and links of CGROUP_DEVICE, also relative by id: none',
      none,
      '',
      () => {
        const { raw } = bench;
        const [direct, beside] = [bench.otherProgram(), bench.otherProgram()];
        const target = deviceHook();
        const held = fdOf(raw.linkCreate({ ...target, program: bench.otherProgram() }));
        const relative = bench.linkInfo(held).id;
        return () => {
          const attached = raw.attach({ ...target, program: direct, flags: ALLOW_MULTI });
          const flags = BEFORE | LINK | ID;
          const link = raw.linkCreate({ ...target, program: beside, flags, relative });
          const detached = raw.detach({ ...target, program: direct });
          return [attached, opened(link), detached].find((result) => typeof result === 'string') ?? 0;
        };
      },
    );
    row(
      'query (all hooks)',
      'cgroup: CAP_NET_ADMIN',
      netAdmin,
      'EPERM',
      () => () => bench.query(bench.parent).result,
    );
    test('spec 7.10 "query (all hooks)": CAP_NET_ADMIN comes before padding and target', () => {
      const { raw, laboratory } = bench;
      laboratory.withCapabilities(['CAP_BPF'], () => {
        expect(raw.call(command.PROG_QUERY, attr.progQuery.end + 4, [[attr.progQuery.end, 1]])).toBe('EPERM');
      });
    });
  });

  describe('spec 7.10: ids', () => {
    const administrator = (set: readonly Capability[]) => set.includes('CAP_SYS_ADMIN');
    row('get fd by id', 'a program: CAP_SYS_ADMIN', administrator, 'EPERM', () => {
      const id = bench.raw.idOf(bench.program());
      return () => opened(bench.raw.programById(id));
    });
    row('get fd by id', 'a link: CAP_SYS_ADMIN', administrator, 'EPERM', () => {
      const { id } = bench.linkInfo(bench.link(bench.parent, bench.program()));
      return () => opened(bench.raw.linkById(id));
    });
    row('get fd by id', 'the next id: CAP_SYS_ADMIN', administrator, 'EPERM', () => {
      const id = bench.raw.idOf(bench.program());
      return () => bench.raw.nextId(command.PROG_GET_NEXT_ID, id - 1);
    });
  });
}

import { first } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { idsOf, ManagerBench, object, refusalOf } from './manager-bench.js';

/** A name that no other run has on this host, whose programs are all seen. */
const unique = (name: string) => `${name}${process.pid}`;

/** Attaching and replacing. */
export function attachSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const attach = (...args: Parameters<typeof bench.manager.attach>) => bench.manager.attach(...args);

  test('attaches an object file at the end, and says everything about it', () => {
    const other = bench.foreign('other');
    const change = attach(bench.hook, object('firewall'));
    const [, own] = bench.ids();
    expect(change).toMatchObject({
      kind: 'attach',
      hook: bench.hook,
      program: { id: own, type: 'sched_cls', name: 'firewall' },
      replaced: null,
      link: null,
      pin: null,
      position: 2,
      revisionBefore: '2',
      revisionAfter: '3',
      dryRun: false,
      notes: [],
    });
    expect(idsOf(change.before)).toEqual([other]);
    expect(idsOf(change.after)).toEqual([other, own]);
    expect(change.after.map(({ ours, position }) => [position, ours])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(Object.isFrozen(change) && Object.isFrozen(change.after[0]?.program)).toBe(true);
  });

  test('attaches a program of the host by id, name, tag, pin and link', () => {
    const a = bench.load('by_id');
    const b = bench.load(unique('by_n'));
    const c = bench.load('by_pin');
    bench.kernel.pins.pin(c.fd, '/sys/fs/bpf/c');
    const d = bench.foreignLink('by_link');
    attach(bench.hook, `id:${a.id}`);
    attach(bench.hook, `name:${unique('b?_n')}`);
    attach(bench.hook, 'pin:/sys/fs/bpf/c');
    attach('tcx/egress@eth0', `link:${d.link}`);
    const tagged = bench.laboratory.loadVerdict(process.pid, { name: 'by_tag' });
    const { tag, id } = bench.kernel.programs.info(tagged);
    attach('tcx/egress@eth0', `tag:${tag}`);
    expect(bench.ids()).toEqual([d.program, a.id, b.id, c.id]);
    const egress = bench.manager.show('tcx/egress@eth0').hooks[0];
    expect(egress?.attachments.map(({ program }) => program.id)).toEqual([d.program, id]);
  });

  test('first, last, before and after', () => {
    const a = bench.foreign('a');
    const b = bench.foreign('b');
    const c = bench.load('c');
    const d = bench.load('d');
    const e = bench.load('e');
    attach(bench.hook, `id:${c.id}`, { first: true });
    attach(bench.hook, `id:${d.id}`, { before: ['name:b'] });
    attach(bench.hook, `id:${e.id}`, { last: true });
    expect(bench.ids()).toEqual([c.id, a, d.id, b, e.id]);
    const f = bench.load('f');
    expect(attach(bench.hook, `id:${f.id}`, { after: [`id:${a}`] }).position).toBe(6);
  });

  test('several before and after are all satisfied, at the place nearest the end', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => bench.foreign(name));
    const own = bench.load('own');
    const change = attach(bench.hook, `id:${own.id}`, {
      after: ['name:a', `id:${b}`],
      before: ['name:d', `id:${d}`],
    });
    expect(change.position).toBe(4);
    expect(bench.ids()).toEqual([a, b, c, own.id, d]);
  });

  test('names the two that contradict', () => {
    bench.foreign('a');
    bench.foreign('b');
    const own = bench.load('own');
    const error = refusalOf(() =>
      attach(bench.hook, `id:${own.id}`, { after: ['name:b'], before: ['name:a'] }),
    );
    expect(error.code).toBe('ERR_CONTRADICTION');
    expect(error.message).toContain('no place satisfies both "after name:b" and "before name:a"');
    expect(error.data).toMatchObject({ between: ['after name:b', 'before name:a'] });
    expect(bench.revision()).toBe(3);
  });

  test('first and last contradict unless the hook is empty', () => {
    const own = bench.load('own');
    expect(attach(bench.hook, `id:${own.id}`, { first: true, last: true }).position).toBe(1);
    const other = bench.load('other');
    const error = refusalOf(() => attach(bench.hook, `id:${other.id}`, { first: true, last: true }));
    expect(error.data).toMatchObject({ between: ['last', 'first'] });
  });

  test('the same file once more is attached, with a hint at the one that is there', () => {
    const first = attach(bench.hook, object('firewall'));
    const id = first.program?.id;
    expect(first.notes).toEqual([]);
    const second = attach(bench.hook, object('firewall'));
    expect(second.notes).toEqual([
      `a program with this name and tag was attached already: id:${id}; --replace id:${id} would have taken its place`,
    ]);
    expect(bench.ids()).toEqual([id, second.program?.id]);
    expect(attach(bench.hook, object('firewall'), { replace: `id:${id}` }).notes).toEqual([]);
    const other = bench.laboratory.loadVerdict(77, { name: 'firewall' });
    const same = bench.kernel.programs.info(other).id;
    expect(attach(bench.hook, `id:${same}`).notes).toEqual([]);
  });

  test('a program that is there already is refused with its place and link', () => {
    const { program, link } = bench.foreignLink('there');
    const error = refusalOf(() => attach(bench.hook, `id:${program}`));
    expect(error.code).toBe('EEXIST');
    expect(error.message).toContain(`at position 1 through link:${link} (EEXIST); detach it first`);
  });

  test('a full hook is refused, a replacement on it works', () => {
    const first = bench.load('p0');
    attach(bench.hook, `id:${first.id}`);
    for (let i = 1; i < 63; i++) bench.foreign(`p${i}`);
    const more = bench.load('more');
    const error = refusalOf(() => attach(bench.hook, `id:${more.id}`));
    expect(error.code).toBe('ERANGE');
    expect(error.message).toContain('the hook is full, 63 programs fit');
    expect(attach(bench.hook, `id:${more.id}`, { replace: `id:${first.id}` }).position).toBe(1);
  });

  test('a stale revision is refused, with what was found', () => {
    bench.foreign('a');
    const own = bench.load('own');
    for (const dryRun of [true, false]) {
      const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { revision: 1, dryRun }));
      expect(error.code).toBe('ESTALE');
      expect(error.message).toContain('revision is 2, expected 1 (ESTALE); somebody changed the chain since');
      expect(error.data).toMatchObject({ expected: '1', found: '2' });
    }
    const early = refusalOf(() => attach(bench.hook, `id:${own.id}`, { revision: 99 }));
    expect(early.message).toContain(
      'revision is 2, expected 99 (ESTALE); the chain has not come that far, or',
    );
    expect(attach(bench.hook, `id:${own.id}`, { revision: 2n }).revisionAfter).toBe('3');
  });

  test.each([0, -1, 1.5, Number.NaN, 0n])('revision %s is none', (revision) => {
    const own = bench.load('own');
    const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { revision }));
    expect(error.code).toBe('ERR_INVALID_ARGUMENT');
    expect(bench.ids()).toEqual([]);
  });

  test('replaces in place and says what went', () => {
    const a = bench.load('a');
    attach(bench.hook, `id:${a.id}`);
    const b = bench.foreign('b');
    const change = attach(bench.hook, object('telemetry'), { replace: 'name:a', before: [`id:${b}`] });
    expect(change).toMatchObject({ kind: 'replace', position: 1, replaced: { id: a.id, name: 'a' } });
    expect(bench.ids()).toEqual([change.program?.id, b]);
  });

  test('with replace, before and after are a check', () => {
    const a = bench.load('a');
    attach(bench.hook, `id:${a.id}`);
    const b = bench.foreign('b');
    const own = bench.load('own');
    const error = refusalOf(() =>
      attach(bench.hook, `id:${own.id}`, { replace: 'name:a', after: [`id:${b}`] }),
    );
    expect(error.data).toMatchObject({ between: [`after id:${b}`, 'replace name:a'] });
    expect(bench.ids()).toEqual([a.id, b]);
  });

  test('a foreign one is replaced by force alone', () => {
    const a = bench.foreign('cil_from_netdev');
    const own = bench.load('own');
    const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { replace: `id:${a}` }));
    expect(error.code).toBe('ERR_FOREIGN');
    expect(error.message).toContain('it seems to belong to Cilium; give --force');
    expect(bench.ids()).toEqual([a]);
    attach(bench.hook, `id:${own.id}`, { replace: `id:${a}`, force: true });
    expect(bench.ids()).toEqual([own.id]);
  });

  test('what a link owns is replaced through the link', () => {
    const { id } = bench.load('a');
    const first = attach(bench.hook, `id:${id}`, { link: true });
    const own = bench.load('own');
    const change = attach(bench.hook, `id:${own.id}`, { replace: 'name:a' });
    expect(change).toMatchObject({ kind: 'replace', link: first.link, position: 1, revisionAfter: '3' });
    expect(change.notes).toEqual([`the attachment belongs to link:${first.link?.id}, which was updated`]);
    expect(bench.ids()).toEqual([own.id]);
  });

  test('a place cannot pass from direct to a link', () => {
    const a = bench.load('a');
    attach(bench.hook, `id:${a.id}`);
    const own = bench.load('own');
    const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { replace: 'name:a', link: true }));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain('its place cannot pass to a link');
  });

  test('a reference to nothing on the hook says what is there, and the nearest name', () => {
    bench.foreign('firewall');
    const own = bench.load('own');
    const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { before: ['name:firewal'] }));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toMatch(
      /name:firewal is not attached here .*id:\d+ firewall; did you mean firewall\?/,
    );
    const none = refusalOf(() => attach('tcx/egress@eth0', `id:${own.id}`, { before: ['id:1'] }));
    expect(none.message).toContain('before id:1: no program is attached here (ENOENT)');
  });

  test('an ambiguous reference is refused with the candidates', () => {
    const a = bench.foreign('fw_a');
    const b = bench.foreign('fw_b');
    const own = bench.load('own');
    const error = refusalOf(() => attach(bench.hook, `id:${own.id}`, { before: ['name:fw_*'] }));
    expect(error.code).toBe('ERR_AMBIGUOUS');
    expect(error.data).toMatchObject({ candidates: [`id:${a} fw_a`, `id:${b} fw_b`] });
  });

  test('an ambiguous program is refused with the candidates, none with the nearest name', () => {
    const twin = unique('twin');
    const a = bench.load(twin);
    const b = bench.load(twin);
    const error = refusalOf(() => attach(bench.hook, `name:${twin}`));
    expect(error.code).toBe('ERR_AMBIGUOUS');
    expect(error.data).toMatchObject({ candidates: [`id:${a.id} ${twin}`, `id:${b.id} ${twin}`] });
    const text = `name:${unique('twim')}`;
    const none = refusalOf(() => attach(bench.hook, text));
    expect(none.message).toContain(`no program on this host is ${text} (ENOENT); did you mean ${twin}?`);
  });

  test.each([
    ['id:2147483600', 'ENOENT', 'there is no program id:2147483600'],
    ['link:2147483600', 'ENOENT', 'there is no link:2147483600'],
    ['pin:/sys/fs/bpf/nothing', 'ENOENT', 'nothing is pinned at /sys/fs/bpf/nothing'],
    ['pin:/sys/fs/bpf/no.thing', 'ENOENT', 'nothing is pinned at /sys/fs/bpf/no.thing'],
    ['tag:0123456789abcdef', 'ENOENT', 'no program on this host is tag:0123456789abcdef'],
    ['/nowhere/fw.o', 'ENOENT', '/nowhere/fw.o: there is no such file'],
    [`${object('audit')}`, 'ERR_AMBIGUOUS', 'has several programs: audit_in, audit_out'],
    [`${object('audit')}:audit_im`, 'ENOENT', 'did you mean audit_in?'],
    [`${object('xdp')}`, 'EINVAL', 'is of type xdp, and tcx takes sched_cls'],
  ])('%s is refused', (text, code, words) => {
    const error = refusalOf(() => attach(bench.hook, text));
    expect(error.message).toContain(words);
    expect(error.code).toBe(code);
    expect(bench.ids()).toEqual([]);
    expect(bench.revision()).toBe(1);
  });

  test('a program of another type is refused before anything is done', () => {
    const fd = bench.laboratory.loadVerdict(2, { name: 'x', type: 6 });
    const { id } = bench.kernel.programs.info(fd);
    const error = refusalOf(() => attach(bench.hook, `id:${id}`));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain('is of type xdp, and tcx takes sched_cls');
  });

  test('a dry run checks everything, shows the chain and changes nothing', () => {
    const a = bench.foreign('a');
    const change = attach(bench.hook, object('firewall'), { before: ['name:a'], link: true, dryRun: true });
    expect(change).toMatchObject({
      kind: 'attach',
      program: { id: null, name: 'firewall' },
      link: { id: null },
      position: 1,
      revisionBefore: '2',
      revisionAfter: null,
      dryRun: true,
    });
    expect(change.pin).toMatch(/\/mprog\/links\/\d+\/\d+-tcx_ingress\/firewall$/);
    expect(idsOf(change.after)).toEqual([null, a]);
    expect(bench.loads).toBe(0);
    expect(bench.ids()).toEqual([a]);
    expect(bench.pins()).toEqual([]);
    expect(() => bench.journal()).toThrow(/ENOENT/);
    expect(refusalOf(() => attach(bench.hook, `id:${a}`, { dryRun: true })).code).toBe('EEXIST');
  });

  test('the kernel names the program, but its pin and its references know the whole name', () => {
    const change = attach(bench.hook, object('long-name'), { link: true });
    const full = change.program?.fullName ?? '';
    expect(full.length).toBeGreaterThan(15);
    const named = { name: full.slice(0, 15), fullName: full };
    expect(change).toMatchObject({ program: named, after: [{ program: named }] });
    expect(change.pin?.split('/').at(-1)).toBe(full);
    const [state] = bench.manager.show(bench.hook).hooks[0]?.attachments ?? [];
    expect(state?.program).toMatchObject(named);
    const [link] = bench.manager.link(`link:${change.link?.id}`).links;
    expect(link?.program).toMatchObject(named);
    const again = { replace: `id:${change.program?.id}`, dryRun: true };
    const planned = attach(bench.hook, object('long-name'), again);
    expect(planned).toMatchObject({ program: named, replaced: named, before: [{ program: named }] });
    const pin = '/sys/fs/bpf/mprog/again';
    expect(bench.manager.pinLink(`link:${change.link?.id}`, pin)).toMatchObject({ program: named });
    expect(bench.manager.unpin(pin)).toMatchObject({ program: named });
    expect(bench.manager.loadProgram(object('long-name'), { pin })).toMatchObject({ program: named });
    expect(bench.manager.unpinProgram(pin)).toMatchObject({ program: named });
    const detached = bench.manager.detachLink(`link:${change.link?.id}`, { dryRun: true });
    expect(detached).toMatchObject({ program: named, before: [{ program: named }] });
    const own = bench.load('own');
    expect(attach(bench.hook, `id:${own.id}`, { before: [`name:${full}`] }).position).toBe(1);
    const other = bench.load('other');
    expect(attach(bench.hook, `id:${other.id}`, { before: [object('long-name')] }).position).toBe(2);
  });

  test('without CAP_SYS_ADMIN what mprog itself loaded is known all the same', () => {
    bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      const first = attach(bench.hook, object('firewall'), { first: true });
      expect(first.after).toMatchObject([
        { program: { name: 'firewall', fullName: 'firewall' }, ours: true },
      ]);
      const pin = '/sys/fs/bpf/mprog/stop';
      bench.manager.loadProgram(object('stop'), { pin });
      const { link } = attach(bench.hook, `pin:${pin}`, { link: true });
      const { program, after } = bench.manager.updateLink(`link:${link?.id}`, object('telemetry'));
      expect(program).toMatchObject({ name: 'telemetry', tag: expect.any(String) });
      expect(after[1]).toMatchObject({ program, ours: true });
    });
  });

  test('a member of the chain keeps its neighbours when somebody prepends', () => {
    const a = bench.foreign('a');
    bench.beforeCall('PROG_ATTACH', () => bench.foreign('b', [first()]));
    const own = bench.load('own');
    const change = attach(bench.hook, `id:${own.id}`, { after: [`id:${a}`] });
    expect(change.position).toBe(3);
  });
}

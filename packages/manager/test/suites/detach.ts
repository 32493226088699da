import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { idsOf, ManagerBench, object, refusalOf } from './manager-bench.js';

/** Detaching, directly and through links. */
export function detachSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const detach = (...args: Parameters<typeof bench.manager.detach>) => bench.manager.detach(...args);
  /** Attaches a program of ours; returns its id. */
  const own = (name: string, options: Parameters<typeof bench.manager.attach>[2] = {}) => {
    const { id } = bench.load(name);
    bench.manager.attach(bench.hook, `id:${id}`, options);
    return id;
  };

  test('detaches one by reference, and says what went', () => {
    const a = own('a');
    const b = own('b');
    const change = detach(bench.hook, 'name:a');
    expect(change).toMatchObject({
      kind: 'detach',
      hook: bench.hook,
      program: { id: a, name: 'a' },
      link: null,
      position: 1,
      revisionBefore: '3',
      revisionAfter: '4',
      notes: [],
    });
    expect(idsOf(change.after)).toEqual([b]);
    expect(bench.ids()).toEqual([b]);
  });

  test('the first, the last, the one before and the one after', () => {
    const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => own(name));
    expect(detach(bench.hook, { first: true }).program?.id).toBe(a);
    expect(detach(bench.hook, { last: true }).program?.id).toBe(f);
    expect(detach(bench.hook, { before: `id:${d}` }).program?.id).toBe(c);
    expect(detach(bench.hook, { after: `id:${d}` }).program?.id).toBe(e);
    expect(bench.ids()).toEqual([b, d]);
    const none = refusalOf(() => detach(bench.hook, { before: `id:${b}` }));
    expect(none.code).toBe('ENOENT');
    expect(none.message).toContain(`nothing stands before id:${b} b`);
    expect(refusalOf(() => detach(bench.hook, { after: `id:${d}` })).code).toBe('ENOENT');
    expect(bench.ids()).toEqual([b, d]);
  });

  test('spec 5.2 quirk: the last of a full hook goes too', () => {
    const ids = Array.from({ length: 63 }, (_, i) => (i === 62 ? own('last') : bench.foreign(`p${i}`)));
    expect(detach(bench.hook, { last: true }).program?.id).toBe(ids[62]);
    expect(bench.ids()).toHaveLength(62);
  });

  test('the last program takes the hook with it, the revision starts again', () => {
    own('a');
    const change = detach(bench.hook, { first: true });
    expect(change).toMatchObject({ revisionBefore: '2', revisionAfter: '1', after: [], notes: [] });
  });

  test('where clsact keeps the hook the revision goes on, and that is no news', () => {
    own('a');
    bench.laboratory.setQdisc(bench.ifindex, 'clsact', true);
    expect(detach(bench.hook, { first: true })).toMatchObject({ revisionAfter: '3', notes: [] });
  });

  test('one that a link owns is detached through its link, and our pin goes', () => {
    const a = own('a', { link: true });
    const link = bench.manager.show(bench.hook).hooks[0]?.attachments[0]?.link;
    const [pin] = bench.pins();
    const change = detach(bench.hook, 'name:a');
    expect(change).toMatchObject({ kind: 'detach', program: { id: a }, link: { id: link?.id } });
    expect(change.notes).toEqual([`removed pin ${pin}`]);
    expect(bench.pins()).toEqual([]);
    expect(bench.ids()).toEqual([]);
    expect(refusalOf(() => bench.kernel.links.open(link?.id ?? 0)).code).toBe('ENOENT');
    const directories = () => bench.laboratory.host.world.pins.list('/sys/fs/bpf/mprog/links');
    expect(refusalOf(directories).code).toBe('ENOENT');
  });

  test('a pin of ours elsewhere goes, one of somebody else stays and is named', () => {
    own('a', { link: true, pin: '/sys/fs/bpf/chosen' });
    const id = bench.manager.show(bench.hook).hooks[0]?.attachments[0]?.link?.id ?? 0;
    {
      using link = bench.kernel.links.open(id);
      bench.kernel.pins.pin(link.fd, '/sys/fs/bpf/theirs');
    }
    const change = detach(bench.hook, `link:${id}`);
    expect(change.notes).toEqual([
      'removed pin /sys/fs/bpf/chosen',
      `link:${id} stays, defunct: it is pinned at /sys/fs/bpf/theirs, which is not ours`,
    ]);
    expect(bench.pins()).toEqual(['/sys/fs/bpf/theirs']);
  });

  test('foreign ones need force, and whose they seem to be is said', () => {
    const a = bench.foreign('someone');
    const b = bench.foreignLink('cil_to_netdev');
    const direct = refusalOf(() => detach(bench.hook, `id:${a}`));
    expect(direct.code).toBe('ERR_FOREIGN');
    expect(direct.message).toContain(
      `id:${a} someone is not ours; its program is called someone and pinned nowhere; give --force`,
    );
    expect(direct.data).toEqual({ program: a, link: null });
    bench.kernel.pins.pin(b.fd, '/sys/fs/bpf/cilium_link');
    const linked = refusalOf(() => detach(bench.hook, `link:${b.link}`, { dryRun: true }));
    expect(linked.message).toContain('it seems to belong to whoever pinned it at /sys/fs/bpf/cilium_link');
    expect(bench.ids()).toEqual([a, b.program]);
    detach(bench.hook, `id:${a}`, { force: true });
    detach(bench.hook, `link:${b.link}`, { force: true });
    expect(bench.ids()).toEqual([]);
  });

  test('what mprog took off and somebody else put back is not ours any more', () => {
    const { fd, id } = bench.load('a');
    bench.manager.attach(bench.hook, `id:${id}`);
    detach(bench.hook, `id:${id}`);
    bench.kernel.attachments.attach(bench.kernelHook(), fd);
    expect(refusalOf(() => detach(bench.hook, `id:${id}`)).code).toBe('ERR_FOREIGN');
  });

  test("that mprog attaches somebody's program to one hook does not make their other attachments ours", () => {
    const id = bench.foreign('a');
    bench.manager.attach('tcx/egress@eth0', `id:${id}`);
    expect(refusalOf(() => detach(bench.hook, `id:${id}`)).code).toBe('ERR_FOREIGN');
    expect(detach('tcx/egress@eth0', `id:${id}`).program?.id).toBe(id);
  });

  test("a pin below mprog/ would make somebody's program ours everywhere, so it takes force", () => {
    const id = bench.foreign('a');
    const pin = '/sys/fs/bpf/mprog/a';
    const attach = (options = {}) => bench.manager.attach('tcx/egress@eth0', `id:${id}`, { pin, ...options });
    for (const dryRun of [true, false]) {
      const error = refusalOf(() => attach({ dryRun }));
      expect(error.code).toBe('ERR_FOREIGN');
      expect(error.message).toContain('choose a path elsewhere, or give --force');
    }
    expect(bench.pins()).toEqual([]);
    attach({ pin: '/sys/fs/bpf/a' });
    expect(refusalOf(() => detach(bench.hook, `id:${id}`)).code).toBe('ERR_FOREIGN');
    detach('tcx/egress@eth0', `id:${id}`);
    attach({ link: true });
    expect(refusalOf(() => detach(bench.hook, `id:${id}`)).code).toBe('ERR_FOREIGN');
    detach('tcx/egress@eth0', `id:${id}`);
    attach({ force: true });
    expect(detach(bench.hook, `id:${id}`).program?.id).toBe(id);
  });

  test('what is missing is an error unless it may be', () => {
    own('a');
    expect(refusalOf(() => detach(bench.hook, 'name:b')).code).toBe('ENOENT');
    const change = detach(bench.hook, 'name:b', { ignoreMissing: true });
    expect(change).toMatchObject({ kind: 'none', revisionBefore: '2', revisionAfter: '2' });
    expect(change.notes).toEqual(['nothing to detach: name:b is not attached']);
    expect(refusalOf(() => detach('tcx/ingress@eth9', 'name:b')).code).toBe('ENODEV');
    expect(detach('tcx/ingress@eth9', 'name:b', { ignoreMissing: true }).kind).toBe('none');
    expect(refusalOf(() => detach('tcx/egress@eth0', { last: true })).message).toContain(
      'no program is attached here',
    );
    expect(detach('tcx/egress@eth0', { last: true }, { ignoreMissing: true }).kind).toBe('none');
    // An ambiguous or malformed request is an error all the same.
    own('b1');
    own('b2');
    const many = () => detach(bench.hook, 'name:b*', { ignoreMissing: true });
    expect(refusalOf(many).code).toBe('ERR_AMBIGUOUS');
    expect(refusalOf(() => detach(bench.hook, 'b', { ignoreMissing: true })).code).toBe('ERR_REFERENCE');
  });

  test('a stale revision is refused, direct or by link', () => {
    own('a');
    own('b', { link: true });
    for (const name of ['name:a', 'name:b']) {
      const error = refusalOf(() => detach(bench.hook, name, { revision: 2 }));
      expect(error.message).toContain('revision is 3, expected 2 (ESTALE)');
    }
    expect(detach(bench.hook, 'name:b', { revision: 3 }).revisionAfter).toBe('4');
  });

  test('a dry run says what would go and changes nothing', () => {
    const a = own('a', { link: true });
    const b = own('b');
    const pins = bench.pins();
    const records = bench.journal().length;
    const change = detach(bench.hook, 'name:a', { dryRun: true });
    expect(change).toMatchObject({ kind: 'detach', dryRun: true, revisionAfter: null });
    expect(change.notes).toEqual([`would remove pin ${pins[0]}`]);
    expect(idsOf(change.after)).toEqual([b]);
    expect(bench.ids()).toEqual([a, b]);
    expect(bench.pins()).toEqual(pins);
    expect(bench.journal()).toHaveLength(records);
  });

  test('without CAP_SYS_ADMIN the place names the program', () => {
    own('a');
    own('b');
    const c = own('c');
    const rest = bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      const [first] = bench.ids();
      expect(refusalOf(() => detach(bench.hook, 'name:a')).code).toBe('EPERM');
      detach(bench.hook, `id:${first}`);
      detach(bench.hook, { first: true });
      return bench.ids();
    });
    expect(rest).toEqual([c]);
  });

  test('a program that mprog loaded is ours on every hook', () => {
    const change = bench.manager.attach(bench.hook, object('firewall'));
    const id = change.program?.id ?? 0;
    {
      using program = bench.kernel.programs.open(id);
      bench.kernel.attachments.attach({ ...bench.kernelHook(), direction: 'egress' }, program.fd);
    }
    expect(detach('tcx/egress@eth0', `id:${id}`).program?.id).toBe(id);
  });
}

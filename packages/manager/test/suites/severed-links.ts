import { before } from '@mprog/core';
import { type Laboratory, linkId } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { eventually } from '../../../kernel/test/eventually.js';
import { PolicyBench } from './policy-bench.js';

const policy = (order: string) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  firewall: { object: fw.o }
hooks:
  - { on: tcx/ingress, devices: [eth0], order: [${order}], strategy: in-place }
`;

/** Links of a policy that somebody else took off their hook: they come anew, where they stood. */
export function severedLinkSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);
  const whole = ['one', 'audit_in', 'two', 'firewall', 'three'];

  const links = () => {
    const { attachments } = bench.kernel.attachments.query(bench.kernelHook());
    return attachments.map(({ linkId }) => linkId ?? 0);
  };
  /** Links of the policy among programs of others, whose places no policy tells. */
  function build(): void {
    bench.provide('audit.o', 'audit');
    bench.provide('fw.o', 'firewall');
    bench.foreign('one');
    bench.apply(policy('firewall, audit'));
    bench.foreign('two', [before(linkId(links()[2]!))]);
    bench.foreign('three');
    expect(bench.apply(policy('audit, firewall'))).toMatchObject([{ outcome: 'changed', waits: 0 }]);
    expect(bench.names()).toEqual(whole);
  }
  function sever(...indexes: readonly number[]): void {
    const found = links();
    for (const index of indexes) {
      using link = bench.kernel.links.open(found[index]!);
      bench.kernel.links.detach(link.fd);
    }
  }
  /** Programs that pinned links hold, by the last name of their pins; only those of links that are attached. */
  const pinnedLinks = () => {
    const attached = new Set(links());
    return bench
      .pins()
      .filter((path) => path.includes('/links/'))
      .map((path) => {
        using pinned = bench.kernel.pins.open(path);
        const { id, programId } = bench.kernel.links.info(pinned.fd);
        return [path.split('/').at(-1), attached.has(id) ? programId : 'severed'];
      });
  };

  test.each([
    ['the first', [1]],
    ['the last', [3]],
    ['all', [1, 3]],
  ])('%s: each comes back to its recorded position, with its program and its pin', (_, indexes) => {
    build();
    const ids = bench.ids();
    const pins = pinnedLinks();
    sever(...indexes);
    expect(bench.ids()).toHaveLength(5 - indexes.length);
    const { steps, waits } = bench.plan(policy('audit, firewall')).plan.hooks[0]!;
    expect([steps.length, waits]).toEqual([indexes.length, indexes.length]);
    expect(bench.apply(policy('audit, firewall'))).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.ids()).toEqual(ids);
    expect(pinnedLinks()).toEqual(pins);
    const revision = bench.revision();
    expect(bench.apply(policy('audit, firewall'))).toMatchObject([{ outcome: 'unchanged' }]);
    expect(bench.revision()).toBe(revision);
    expect(bench.loads).toBe(2);
  });

  test('one whose pin somebody removed comes back as well', () => {
    build();
    const ids = bench.ids();
    const pins = pinnedLinks();
    for (const path of bench.pins()) {
      if (path.endsWith('/audit') && path.includes('/links/')) bench.kernel.host.world.pins.remove(path);
    }
    // The kernel takes a link off its hook some time after its last pin is gone (15.2 c).
    eventually('end of the link', () => bench.ids().length === ids.length - 1);
    expect(bench.apply(policy('audit, firewall'))).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.ids()).toEqual(ids);
    expect(pinnedLinks()).toEqual(pins);
  });

  test.each(['LINK_UPDATE', 'MAP_CREATE'] as const)(
    'one that is severed right before %s of a change: the change is planned again',
    (call) => {
      build();
      bench.beforeCall(call, () => sever(3));
      const [outcome] = bench.apply(policy('firewall, audit'));
      expect(outcome).toMatchObject({ outcome: 'changed', attempts: 2, error: null });
      const own = bench.names().filter((name) => !['one', 'two', 'three'].includes(name));
      expect(own).toEqual(['firewall', 'audit_in']);
      expect(pinnedLinks().map(([name]) => name)).toEqual(['audit', 'firewall']);
      expect(bench.pins().filter((path) => path.includes('/stand-ins/'))).toEqual([]);
      expect(bench.apply(policy('firewall, audit'))).toMatchObject([{ outcome: 'unchanged' }]);
    },
  );

  test('the pin of one that a policy does not ask for any more goes, and the plan says so', () => {
    build();
    sever(1);
    const work = bench.plan(policy('firewall'));
    expect(work.plan.hooks[0]!.notes.join()).toContain('/audit is left of a link that is gone');
    expect([...bench.policyManager().apply(work)]).toMatchObject([{ outcome: 'unchanged', error: null }]);
    expect(bench.names()).toEqual(whole.filter((name) => name !== 'audit_in'));
    expect(pinnedLinks().map(([name]) => name)).toEqual(['firewall']);
    expect(bench.plan(policy('firewall')).plan.hooks[0]!.notes).toEqual([]);
  });
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cgroup, errno, Kernel, type KernelHook, type Laboratory, programType, tcx } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { type Attempt, checkHistory } from '../check-history.js';

const PROCESSES = 4;
const PROGRAMS = 5;
const CHANGES = 25;
const contender = fileURLToPath(new URL('contender.mjs', import.meta.url));

liveSuite('several processes change one hook, each under the revision that it read', () => {
  let laboratory: Laboratory;
  let kernel: Kernel;
  beforeEach(() => {
    laboratory = openLinuxLaboratory();
    kernel = new Kernel(laboratory.host);
  });
  afterEach(() => laboratory.close());

  /** Starts processes in the namespaces of this thread, lets them begin together, and gives the logs of their attempts. */
  async function contend(orders: readonly unknown[]): Promise<Attempt[][]> {
    const children = orders.map((order) =>
      spawn(process.execPath, [contender, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const answers = children.map(() => '');
    const ended = children.map(async (child, i) => {
      for await (const text of child.stdout) {
        answers[i] += text;
        if (answers.every((answer) => answer.startsWith('ready\n')))
          for (const { stdin } of children) stdin.end();
      }
    });
    await Promise.all(ended);
    return answers.map((answer) => JSON.parse(answer.slice('ready\n'.length)));
  }

  async function history(hook: KernelHook, layer: 'tcx' | 'cgroup', target: number | string, type: number) {
    const load = () => kernel.programs.info(laboratory.loadVerdict(1, { type })).id;
    const owners = Array.from({ length: PROCESSES }, () => Array.from({ length: PROGRAMS }, load));
    const { revision } = kernel.attachments.query(hook);
    const logs = await contend(
      owners.map((own, i) => ({ layer, target, own, changes: CHANGES, seed: 618 + i })),
    );
    const last = kernel.attachments.query(hook);
    return {
      logs,
      first: { revision, list: [] },
      last: { revision: last.revision, list: last.attachments.map(({ programId }) => programId) },
    };
  }

  test.each(['tcx', 'cgroup'] as const)(
    'no update of a %s hook is lost, and every refusal is ESTALE',
    async (layer) => {
      let found: Awaited<ReturnType<typeof history>>;
      if (layer === 'tcx') {
        const ifindex = laboratory.addDevice();
        // With clsact the revision goes on when the last program leaves.
        laboratory.setQdisc(ifindex, 'clsact', true);
        found = await history(tcx('ingress', ifindex), layer, ifindex, programType.SCHED_CLS);
      } else {
        const path = laboratory.addCgroup();
        const fd = laboratory.host.world.openCgroup(path);
        found = await history(cgroup('inet_ingress', fd, path), layer, path, programType.CGROUP_SKB);
        laboratory.host.world.close(fd);
      }
      const refused = found.logs.flat().filter(({ result }) => result !== 0);
      expect(new Set(refused.map(({ result }) => result))).toEqual(new Set([-errno.ESTALE]));
      expect(checkHistory(found)).toEqual({ changes: PROCESSES * CHANGES, problems: [] });
    },
  );
});

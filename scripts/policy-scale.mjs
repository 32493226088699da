// Figures of a policy on many interfaces, each with three programs: plan, apply, plan and apply of the unchanged host.
//
//   node scripts/policy-scale.mjs [--interfaces 400] [--kernel linux|simulated]
//
// Needs `npm run build`; on the running kernel also root and iproute2. It works in a private world that is gone with it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Kernel } from '@mprog/kernel';
import { PolicyManager, readPolicy } from '@mprog/manager/policy';

const { values } = parseArgs({
  options: {
    interfaces: { type: 'string', default: '400' },
    kernel: { type: 'string', default: 'linux' },
  },
});
const interfaces = Number(values.interfaces);
const real = values.kernel === 'linux';

const orders = ['[telemetry, guard, audit]', '[guard, audit, telemetry]', '[audit, guard, telemetry]'];
const policyText = (order, strategy) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  guard: { object: guard.o }
  telemetry: { object: telemetry.o }
hooks:
  - on: tcx/ingress
    devices: ["many*"]
    order: ${order}
    strategy: ${strategy}
`;

async function openLaboratory() {
  if (!real) {
    const { SimulatedLaboratory } = await import('@mprog/kernel/simulated');
    const laboratory = new SimulatedLaboratory();
    for (let n = 0; n < interfaces; n++) laboratory.addDevice(`many${n}`);
    return laboratory;
  }
  const { openLinuxLaboratory } = await import('@mprog/kernel/linux');
  const laboratory = openLinuxLaboratory();
  const input = Array.from({ length: interfaces }, (_, n) => `link add many${n} type ifb\n`).join('');
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip: ${stderr}`);
  return laboratory;
}

const laboratory = await openLaboratory();
const stateDirectory = mkdtempSync(join(tmpdir(), 'mprog-scale-'));
try {
  for (const name of ['audit', 'guard', 'telemetry']) {
    const object = fileURLToPath(new URL(import.meta.resolve(`@mprog/kernel/objects/${name}.bpf.o`)));
    copyFileSync(object, join(stateDirectory, `${name}.o`));
  }
  const measure = (words, text) => {
    const bytes = new TextEncoder().encode(text);
    const { policy, problems } = readPolicy({ bytes, file: 'policy.yaml', directory: stateDirectory });
    if (policy === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    // As two commands would do it, each with nothing in memory.
    const timed = (action) => {
      const calls = { all: 0, waits: 0 };
      const manager = new PolicyManager({
        kernel: new Kernel(counting(laboratory.host, calls)),
        stateDirectory,
      });
      const [start, before] = [performance.now(), process.cpuUsage()];
      const result = action(manager);
      const wall = ((performance.now() - start) / 1000).toFixed(2);
      const { user, system } = process.cpuUsage(before);
      const words = `${wall} s (${((user + system) / 1e6).toFixed(2)} s of it computing, ${calls.all} calls)`;
      return { result, words, calls };
    };
    const planned = timed((manager) => manager.plan(policy));
    const applied = timed((manager) => [...manager.apply(manager.plan(policy))]);
    const waits = planned.result.plan.hooks.reduce((sum, hook) => sum + hook.waits, 0);
    const tally = ['changed', 'unchanged', 'failed']
      .map((word) => `${applied.result.filter(({ outcome }) => outcome === word).length} ${word}`)
      .join(', ');
    console.log(
      `${words}: plan ${planned.words}; plan and apply ${applied.words}: ${tally}; ` +
        `${waits} waits planned, ${applied.calls.waits} calls that wait`,
    );
    for (const { error } of applied.result.filter(({ error }) => error !== null).slice(0, 3))
      console.log(error.message);
  };
  console.log(`${laboratory.host.world.kernel}, ${interfaces} interfaces with 3 programs each`);
  measure('empty host', policyText(orders[0], 'overlap'));
  measure('unchanged', policyText(orders[0], 'overlap'));
  measure('one program to the end, overlap', policyText(orders[1], 'overlap'));
  measure('two swapped, in-place', policyText(orders[2], 'in-place'));
  measure('unchanged again', policyText(orders[2], 'in-place'));
} finally {
  laboratory.close();
  rmSync(stateDirectory, { recursive: true, force: true });
}

/** Counts calls of bpf(2), and those that make the kernel wait for RCU: attach without replace, detach, links too. */
function counting(host, calls) {
  const { bpf } = host.systemCall;
  const PROG_ATTACH = 8;
  const PROG_DETACH = 9;
  const LINK_CREATE = 28;
  const LINK_DETACH = 34;
  const REPLACE = 4;
  const FLAGS = 12;
  const systemCall = new Proxy(host.systemCall, {
    get: (object, key) => {
      if (key !== 'bpf') return Reflect.get(object, key);
      return (command, attr, size) => {
        calls.all++;
        const replaces =
          command === PROG_ATTACH &&
          (object.arena.view.getUint32(attr - object.arena.base + FLAGS, true) & REPLACE) !== 0;
        if ([PROG_ATTACH, PROG_DETACH, LINK_CREATE, LINK_DETACH].includes(command) && !replaces)
          calls.waits++;
        return bpf.call(object, command, attr, size);
      };
    },
  });
  return new Proxy(host, {
    get: (object, key) => (key === 'systemCall' ? systemCall : Reflect.get(object, key)),
  });
}

// Figures of reversing three programs that are attached directly, by each strategy: waits, calls, and the time that the
// kernel takes for each call that changes the chain.
//
//   node scripts/reorder-cost.mjs [--times 50]
//
// Needs `npm run build`, root and Linux 6.6. It works in a private world that is gone with it.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { command, flag, Kernel, attr as layout } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { PolicyManager, readPolicy } from '@mprog/manager/policy';

const { values } = parseArgs({ options: { times: { type: 'string', default: '50' } } });
const times = Number(values.times);
const names = ['telemetry', 'guard', 'audit'];

const policyText = (order, strategy) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  guard: { object: guard.o }
  telemetry: { object: telemetry.o }
hooks:
  - { on: tcx/ingress, devices: [eth0], order: [${order.join(', ')}], attach: program, strategy: ${strategy} }
`;

const laboratory = openLinuxLaboratory();
const stateDirectory = mkdtempSync(join(tmpdir(), 'mprog-reorder-'));
try {
  laboratory.addDevice('eth0');
  for (const name of names) {
    const object = fileURLToPath(new URL(import.meta.resolve(`@mprog/kernel/objects/${name}.bpf.o`)));
    copyFileSync(object, join(stateDirectory, `${name}.o`));
  }
  const calls = new Map();
  const manager = new PolicyManager({ kernel: new Kernel(timed(laboratory.host, calls)), stateDirectory });
  const apply = (order, strategy) => {
    const bytes = new TextEncoder().encode(policyText(order, strategy));
    const { policy, problems } = readPolicy({ bytes, file: 'policy.yaml', directory: stateDirectory });
    if (policy === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    const [outcome] = [...manager.apply(manager.plan(policy))];
    if (outcome.error !== null) throw new Error(outcome.error.message);
    return outcome;
  };
  apply(names, 'overlap');
  console.log(`${laboratory.host.world.kernel}: three programs attached directly, reversed ${times} times`);
  for (const strategy of ['in-place', 'overlap', 'gap']) {
    calls.clear();
    let waits = 0;
    for (let n = 0; n < times; n++) {
      waits += apply(n % 2 === 0 ? names.toReversed() : names, strategy).waits;
    }
    apply(names, strategy);
    const words = [...calls].map(
      ([name, spent]) => `${spent.length} × ${name}, median ${microseconds(spent)} µs`,
    );
    console.log(`${strategy}: ${waits} waits; ${words.join('; ')}`);
  }
} finally {
  laboratory.close();
  rmSync(stateDirectory, { recursive: true, force: true });
}

/** Measures each call that changes a chain. */
function timed(host, calls) {
  const { arena } = host.systemCall;
  const nameOf = (number, at) => {
    if (number === command.PROG_DETACH) return 'detach';
    if (number !== command.PROG_ATTACH) return null;
    const flags = arena.view.getUint32(at - arena.base + layout.progAttach.flags, true);
    return (flags & flag.REPLACE) === 0 ? 'attach' : 'replace';
  };
  const bpf = (number, at, size) => {
    const name = nameOf(number, at);
    const start = process.hrtime.bigint();
    const result = host.systemCall.bpf(number, at, size);
    const spent = Number(process.hrtime.bigint() - start) / 1000;
    if (name !== null) calls.set(name, [...(calls.get(name) ?? []), spent]);
    return result;
  };
  const systemCall = new Proxy(host.systemCall, {
    get: (object, key) => (key === 'bpf' ? bpf : Reflect.get(object, key)),
  });
  return new Proxy(host, {
    get: (object, key) => (key === 'systemCall' ? systemCall : Reflect.get(object, key)),
  });
}

function microseconds(spent) {
  const sorted = [...spent].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)].toFixed(0);
}

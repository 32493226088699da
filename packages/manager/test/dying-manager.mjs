// A process that plans and applies a policy, or moves a program, and kills itself with SIGKILL right after the call that it is
// told by number: of those that change the kernel or its pins. It exits by itself when there are fewer.
import { readFileSync } from 'node:fs';
import { command, Kernel } from '@mprog/kernel';
import { PolicyManager, readPolicy } from '@mprog/manager/policy';

const { host: hostFile, stateDirectory, dieAfter, policy, force, move } = JSON.parse(process.argv[2]);

const host =
  hostFile === null
    ? (await import('@mprog/kernel/linux')).openLinux()
    : (await import('@mprog/kernel/simulated-file')).openSimulatedFile(hostFile);
const changing = new Set(
  ['PROG_ATTACH', 'PROG_DETACH', 'PROG_LOAD', 'LINK_CREATE', 'LINK_UPDATE', 'LINK_DETACH', 'OBJ_PIN'].map(
    (name) => command[name],
  ),
);
let calls = 0;
const counted = (result) => {
  if (++calls === dieAfter) process.kill(process.pid, 'SIGKILL');
  return result;
};

const { arena, bpf } = host.systemCall;
const dyingCalls = {
  arena,
  bpf: (number, attr, size) => {
    const result = bpf(number, attr, size);
    return changing.has(number) && result >= 0 ? counted(result) : result;
  },
};
const dyingPins = new Proxy(host.world.pins, {
  get: (pins, key) => {
    const value = Reflect.get(pins, key);
    if (typeof value !== 'function') return value;
    const isChange = ['rename', 'exchange', 'remove'].includes(key);
    return (...args) => (isChange ? counted(value.apply(pins, args)) : value.apply(pins, args));
  },
});
const world = new Proxy(host.world, {
  get: (target, key) => {
    if (key === 'pins') return dyingPins;
    const value = Reflect.get(target, key);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

const kernel = new Kernel({ world, objects: host.objects, systemCall: dyingCalls });
const manager = new PolicyManager({ kernel, stateDirectory });
const outcomes = [];
if (move !== undefined) {
  const { outcome } = manager.move(move.hook, move.reference, move.options);
  outcomes.push(outcome);
} else {
  const bytes = readFileSync(`${policy.directory}/${policy.file}`);
  const read = readPolicy({ bytes, file: policy.file, directory: policy.directory });
  if (read.policy === null) throw new Error(JSON.stringify(read.problems));
  const work = manager.plan(read.policy);
  for (const outcome of manager.apply(work, { force })) outcomes.push(outcome);
}
process.stdout.write(JSON.stringify(outcomes.map(({ outcome, error }) => ({ outcome, error }))));
host.close();

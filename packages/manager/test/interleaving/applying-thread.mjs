// A thread that applies a policy until nothing is left to do. Each of its calls is answered by the thread that started it,
// when that one sees fit; until then it stands still in the middle of whatever it does.
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { MprogError } from '@mprog/core';
import { Arena, Kernel } from '@mprog/kernel';
import { PolicyManager, readPolicy } from '@mprog/manager/policy';

const { port, signal, memory, base, facts, stateDirectory, file, directory, bytes, rounds } = workerData;
const arena = new Arena(memory, base);

/** How many calls were answered: the signal counts them. */
let called = 0;

function call(target, name, args) {
  port.postMessage({ target, name, args });
  Atomics.wait(signal, 0, called++);
  const answer = receiveMessageOnPort(port);
  const { result, error } = answer.message;
  if (error === undefined) return result;
  throw new MprogError(error.code, error.message);
}

const calling = (target, own) =>
  new Proxy(own, {
    get: (known, name) => known[name] ?? ((...args) => call(target, name, args)),
  });
const bpf = (command, attr, size) => call('kernel', 'bpf', [command, attr, size]);
const host = {
  systemCall: { arena, bpf, bpfLater: async (...args) => bpf(...args) },
  world: calling('world', {
    ...facts,
    pins: calling('pins', {}),
    // There is one namespace.
    within: (_, action) => action(),
  }),
  objects: {},
  close: () => {},
};

const kernel = new Kernel(host);
const pause = () => call('none', 'pause', []);
const outcomes = [];
const manager = new PolicyManager({ kernel, stateDirectory, pause });
const { policy } = readPolicy({ bytes, file, directory });
for (let quiet = 0; quiet < 2 && outcomes.length < rounds; ) {
  const [{ outcome, attempts, error }] = [...manager.apply(manager.plan(policy))];
  outcomes.push({ outcome, attempts, error });
  quiet = outcome === 'unchanged' ? quiet + 1 : 0;
  pause();
}
port.postMessage({ target: 'none', name: 'done', args: outcomes });
port.close();

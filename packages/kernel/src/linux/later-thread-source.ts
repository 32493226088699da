/**
 * Program of the thread behind `bpfLater` and `closeLater`, as text.
 *
 * It is evaluated rather than read from a file, so that it runs alike from compiled and bundled code and from the
 * sources under a test runner, which cannot start a thread from TypeScript.
 */
export const laterThreadSource: string = `'use strict';
const { statSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const koffi = require(workerData.koffi);

const CLONE_NEWNET = 0x40000000;
const CAPABILITY_VERSION_3 = 0x20080522;
const libc = koffi.load(null);
const bpf = libc.func('long syscall(long number, long command, int64_t attr, long size)');
const setns = libc.func('int setns(int fd, int type)');
const closeDescriptor = libc.func('int close(int fd)');
const capget = libc.func('int capget(void *header, _Out_ uint32_t *words)');
const capset = libc.func('int capset(void *header, uint32_t *words)');
const memory = new Uint8Array(koffi.view(BigInt(workerData.memory), workerData.memoryBytes));
const header = new Uint32Array([CAPABILITY_VERSION_3, 0]);

const errnoOf = (result) => (result < 0 ? -koffi.errno() : result);
const inode = () => String(statSync('/proc/thread-self/ns/net').ino);

function enter(fd, wanted) {
  if (inode() === wanted) return 0;
  const result = errnoOf(setns(fd, CLONE_NEWNET));
  if (result < 0) return result;
  return inode() === wanted ? 0 : -3;
}

const own = new Uint32Array(6);
capget(header, own);
for (const at of [0, 3]) own[at] = own[at + 1];
capset(header, own);

let failure = enter(workerData.home.fd, workerData.home.inode);

function run(request) {
  if (request.close !== undefined) return { result: errnoOf(closeDescriptor(request.close)) };
  if (failure < 0) return { result: failure, failed: 'enter the namespace that it was opened in' };
  const entered = enter(request.namespaceFd, request.inode);
  if (entered < 0) return { result: entered, failed: 'enter the network namespace of the caller' };
  memory.set(request.attr);
  const limited = request.capabilities.some((word, at) => word !== own[at]);
  if (limited) capset(header, request.capabilities);
  const result = errnoOf(bpf(workerData.bpf, request.command, workerData.memory, request.size));
  if (limited) capset(header, own);
  failure = enter(workerData.home.fd, workerData.home.inode);
  return { result };
}

parentPort.on('message', (request) => {
  if (request.end) parentPort.close();
  else parentPort.postMessage({ id: request.id, ...run(request) });
});
`;

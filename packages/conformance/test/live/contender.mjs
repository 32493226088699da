// One of several processes that change the same hook, each under the revision that it read. It is told in its first
// argument what to do, says when it is ready, begins at the end of standard input, and answers with a log of its attempts.
import { readFileSync } from 'node:fs';
import { cgroup, flag, Kernel, tcx } from '@mprog/kernel';
import { openLinux } from '@mprog/kernel/linux';

const { layer, target, own, changes, seed } = JSON.parse(process.argv[2]);
const host = openLinux();
const kernel = new Kernel(host);
const { attachments } = kernel;
const hook =
  layer === 'tcx' ? tcx('ingress', target) : cgroup('inet_ingress', host.world.openCgroup(target), target);
const mode = layer === 'tcx' ? 0 : flag.ALLOW_MULTI;
const fds = new Map(own.map((id) => [id, kernel.programs.open(id).fd]));

let state = seed;
const below = (end) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % end;
};
const pick = (values) => values[below(values.length)];

/** A change that is right for the list that was read. */
function choose(list) {
  const present = own.filter((id) => list.includes(id));
  const absent = own.filter((id) => !list.includes(id));
  const kind =
    present.length === 0 ? 'insert' : absent.length === 0 ? 'remove' : pick(['insert', 'replace', 'remove']);
  if (kind === 'remove') return { kind, program: pick(present) };
  if (kind === 'replace') return { kind, program: pick(absent), old: pick(present) };
  const side = pick(['before', 'after']);
  return {
    kind,
    program: pick(absent),
    side,
    beside: list.length === 0 || below(4) === 0 ? null : pick(list),
  };
}

function perform(change, revision) {
  const fd = fds.get(change.program);
  const none = { flags: 0, relative: 0, replaceFd: 0 };
  if (change.kind === 'remove') return attachments.tryDetach(hook, fd, none, revision);
  if (change.kind === 'replace') {
    const placement = { flags: mode | flag.REPLACE, relative: 0, replaceFd: fds.get(change.old) };
    return attachments.tryAttach(hook, fd, placement, revision);
  }
  const side = change.side === 'before' ? flag.BEFORE : flag.AFTER;
  const flags = mode | side | (change.beside === null ? 0 : flag.ID);
  return attachments.tryAttach(hook, fd, { flags, relative: change.beside ?? 0, replaceFd: 0 }, revision);
}

const pause = new Int32Array(new SharedArrayBuffer(4));
process.stdout.write('ready\n');
readFileSync(0);

const log = [];
for (let done = 0; done < changes; ) {
  const { revision, attachments: read } = attachments.query(hook);
  const list = read.map(({ programId }) => programId);
  const change = choose(list);
  // Time for others to change what was read.
  if (below(3) === 0) Atomics.wait(pause, 0, 0, 1);
  const start = process.hrtime.bigint();
  const result = perform(change, revision);
  log.push({ revision, list, change, result, start: String(start), end: String(process.hrtime.bigint()) });
  if (result === 0) done++;
}
process.stdout.write(JSON.stringify(log));
host.close();

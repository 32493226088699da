import { replace } from '@mprog/core';
import {
  attachType,
  attachTypeOf,
  attr,
  type CgroupHook,
  ChainReading,
  cgroup,
  command,
  flag,
  type Kernel,
  programFd,
  programType,
  type TcxHook,
  targetOf,
  tcx,
} from '@mprog/kernel';
import type { LinuxLaboratory } from '@mprog/kernel/linux';
import type { Benchmark, Effort, Table } from '../benchmark.js';
import { CProgram, type Started } from '../c-program.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';
import { inLaboratory } from './in-laboratory.js';

const C = 'C';
const C_WITH_THREADS = 'C, with a second thread';
const BARE = 'the foreign call alone';
const ENTRIES = 64;
const CHAINS = [1, 3, 20];
const OPERATIONS = 200_000;
/** Each waits some 8 ms, twice; few at a time and in many rounds, as the kernel's mood changes from wait to wait. */
const WAITS = 2;
const WAIT_ROUNDS = 10;
const ALLOW = 1;
const NEXT = -1;

/** Works that often and returns a number that depends on every result. */
type Work = (times: number) => number;

/** What the tables share. */
interface Bench {
  readonly kernel: Kernel;
  readonly inC: Started;
  /** The same with a second thread, as Node has some: the kernel then counts who uses an fd, which takes time. */
  readonly withThreads: CProgram | undefined;
  readonly effort: Effort;
}

/** G4: the client of bpf(2), as its users call it, beside C. */
export const client: Benchmark = {
  goals: ['G4'],
  minutes: 3,
  title: 'client: bpf(2) through @mprog/kernel, beside C',
  run: (effort) =>
    inLaboratory('one call', async (laboratory, kernel) => {
      const inC = CProgram.start('client');
      const { program: withThreads } = CProgram.start('client');
      await withThreads?.ask('thread 0 0');
      const bench = { kernel, inC, withThreads, effort };
      try {
        const tables: Table[] = [];
        for (const length of CHAINS) {
          const hook = tcx('ingress', laboratory.addDevice());
          for (let i = 0; i < length; i++) kernel.attachments.attach(hook, laboratory.loadVerdict(NEXT));
          tables.push(await measureQuery(bench, hook, length));
        }
        const hook = tcx('ingress', laboratory.addDevice());
        const [first, second] = [laboratory.loadVerdict(NEXT), laboratory.loadVerdict(NEXT)] as const;
        kernel.attachments.attach(hook, first);
        return [
          ...tables,
          await measureReplace(bench, hook, first, second),
          await measureRefusal(bench, hook, first),
          await measureCgroup(bench, laboratory),
          ...(await measureWaits(bench, hook, second)),
        ];
      } finally {
        inC.program?.close();
        withThreads?.close();
      }
    }),
};

function measureQuery(bench: Bench, hook: TcxHook, length: number): Promise<Table> {
  const { attachments } = bench.kernel;
  const work: Work = (times) => {
    let check = 0;
    for (let i = 0; i < times; i++) {
      const { revision, attachments: chain } = attachments.query(hook);
      check += revision + chain.length;
      for (const { programId, linkId } of chain) check += programId + linkId;
    }
    return check;
  };
  const reading = new ChainReading();
  const again: Work = (times) => {
    let check = 0;
    for (let i = 0; i < times; i++) {
      if (attachments.tryQuery(hook, reading) !== 0) break;
      const { revision, count, programIds, linkIds } = reading;
      check += revision + count;
      for (let j = 0; j < count; j++) check += (programIds[j] as number) + (linkIds[j] as number);
    }
    return check;
  };
  const title = `query, chain of ${length}`;
  const forms = { [BARE]: bareQuery(bench.kernel, hook), tryQuery: again, query: work };
  return besideC(bench, title, (times) => `query ${hook.ifindex} ${times}`, forms, 1.2);
}

/** The same without the client: an attr that is ready, ids that are read where they lie. */
function bareQuery({ host }: Kernel, hook: TcxHook): Work {
  const { systemCall } = host;
  const { arena } = systemCall;
  const layout = attr.progQuery;
  const [at, ids] = [arena.reserve(layout.end), arena.reserve(2 * ENTRIES * 4)];
  const { view } = arena;
  view.setUint32(at + layout.target, targetOf(hook), true);
  view.setUint32(at + layout.attachType, attachTypeOf(hook), true);
  arena.setPointer(at + layout.programIds, ids);
  arena.setPointer(at + layout.linkIds, ids + ENTRIES * 4);
  return (times) => {
    let check = 0;
    for (let i = 0; i < times; i++) {
      view.setUint32(at + layout.count, ENTRIES, true);
      if (systemCall.bpf(command.PROG_QUERY, arena.base + at, layout.end) !== 0) break;
      const count = view.getUint32(at + layout.count, true);
      check += view.getUint32(at + layout.revision, true) + count;
      for (let j = 0; j < count; j++) {
        check += view.getUint32(ids + j * 4, true) + view.getUint32(ids + (ENTRIES + j) * 4, true);
      }
    }
    return check;
  };
}

function measureReplace(bench: Bench, hook: TcxHook, first: number, second: number): Promise<Table> {
  const { attachments, programs } = bench.kernel;
  const exchange =
    (work: (programFd: number, oldFd: number) => void): Work =>
    (times) => {
      for (let i = 0; i < times; i += 2) {
        work(second, first);
        work(first, second);
      }
      return times;
    };
  const anchors = new Map([first, second].map((fd) => [fd, [replace(programFd(fd))]]));
  const forms = {
    attach: exchange((fd, old) => attachments.attach(hook, fd, { anchors: [replace(programFd(old))] })),
    'attach, ready anchor': exchange((fd, old) =>
      attachments.attach(hook, fd, { anchors: anchors.get(old) ?? [] }),
    ),
    [BARE]: exchange(bareReplace(bench.kernel, hook)),
    tryAttach: exchange((fd, old) => {
      const placement = { flags: flag.REPLACE, relative: 0, replaceFd: old };
      if (attachments.tryAttach(hook, fd, placement) !== 0) throw new Error(REFUSED);
    }),
  };
  const ids = `${programs.info(first).id} ${programs.info(second).id}`;
  return besideC(bench, 'replace', (times) => `replace ${hook.ifindex} ${ids} ${times}`, forms, 1.3);
}

function bareReplace({ host }: Kernel, hook: TcxHook): (programFd: number, oldFd: number) => void {
  const { systemCall } = host;
  const { arena } = systemCall;
  const layout = attr.progAttach;
  const at = arena.reserve(layout.end);
  const { view } = arena;
  view.setUint32(at + layout.target, targetOf(hook), true);
  view.setUint32(at + layout.attachType, attachTypeOf(hook), true);
  view.setUint32(at + layout.flags, flag.REPLACE, true);
  return (programFd, oldFd) => {
    view.setUint32(at + layout.programFd, programFd, true);
    view.setUint32(at + layout.replaceFd, oldFd, true);
    if (systemCall.bpf(command.PROG_ATTACH, arena.base + at, layout.end) !== 0) throw new Error(REFUSED);
  };
}

function measureRefusal(bench: Bench, hook: TcxHook, program: number): Promise<Table> {
  const { attachments, programs } = bench.kernel;
  const placement = { flags: 0, relative: 0, replaceFd: 0 };
  const forms = {
    tryAttach: (times: number) => {
      let refused = 0;
      for (let i = 0; i < times; i++) if (attachments.tryAttach(hook, program, placement) !== 0) refused++;
      return refused;
    },
  };
  const line = `refused ${hook.ifindex} ${programs.info(program).id}`;
  return besideC(bench, 'attach, refused', (times) => `${line} ${times}`, forms);
}

async function measureCgroup(bench: Bench, laboratory: LinuxLaboratory): Promise<Table> {
  const { attachments, programs } = bench.kernel;
  const { world } = laboratory.host;
  const path = laboratory.addCgroup();
  const hook: CgroupHook = cgroup('inet_egress', world.openCgroup(path), path);
  const options = { type: programType.CGROUP_SKB, expectedAttachType: attachType.CGROUP_INET_EGRESS };
  const [stays, comes] = [laboratory.loadVerdict(ALLOW, options), laboratory.loadVerdict(ALLOW, options)];
  // The first program of a kind, and the last one, make the kernel patch its code.
  attachments.attach(hook, stays);
  const forms = {
    'attach, detach': (times: number) => {
      for (let i = 0; i < times; i++) {
        attachments.attach(hook, comes);
        attachments.detach(hook, { programFd: comes });
      }
      return 2 * times;
    },
  };
  const line = `cgroup ${world.cgroupMount()}${path} ${programs.info(comes).id}`;
  try {
    return await besideC(bench, 'cgroup: attach, detach', (times) => `${line} ${times}`, forms, 1.3);
  } finally {
    world.close(hook.cgroupFd);
  }
}

/** What waits is timed by the clock, as waiting takes no CPU time. */
async function measureWaits(bench: Bench, hook: TcxHook, program: number): Promise<Table[]> {
  const { kernel, inC, effort } = bench;
  const { program: other, skipped = '' } = inC;
  const { attachments, programs } = kernel;
  const times = WAITS;
  const line = `wait ${hook.ifindex} ${programs.info(program).id} ${times}`;
  const detaches = new Map<string, number[]>();
  const contender = (name: string, act: () => Promise<readonly [number, number]>): Contender => ({
    name,
    pass: async () => {
      const [attaching, detaching] = await act();
      detaches.set(name, [...(detaches.get(name) ?? []), detaching / times]);
      return attaching / times;
    },
  });
  const own = contender('tcx', async () => {
    let [attaching, detaching] = [0, 0];
    for (let i = 0; i < times; i++) {
      const begin = performance.now();
      attachments.attach(hook, program);
      const middle = performance.now();
      attachments.detach(hook, { programFd: program });
      attaching += middle - begin;
      detaching += performance.now() - middle;
    }
    return [attaching, detaching];
  });
  const ask = async (program: CProgram): Promise<readonly [number, number]> => {
    const [attaching = 0, detaching = 0] = (await program.ask(line)).split(' ').map(Number);
    return [attaching / 1e6, detaching / 1e6];
  };
  const contenders = other === undefined ? [own] : [contender(C, () => ask(other)), own];
  const rounds = Math.max(1, Math.round(WAIT_ROUNDS * effort.rounds * effort.scale));
  const attaches = await interleave(contenders, { ...effort, rounds });
  const rows = (name: string, samples: ReadonlyMap<string, readonly number[]>): Table => ({
    title: `tcx ${name}, by the clock`,
    rows: (other === undefined
      ? [compare(samples, 'tcx', undefined, { skipped })]
      : [compare(samples, C), compare(samples, 'tcx', C, { limit: 1.02 })]
    ).map((row) => ({ ...row, name: row.name === 'tcx' ? name : row.name, unit: 'ms' })),
  });
  return [rows('attach', attaches), rows('detach', detaches)];
}

const REFUSED = 'a replace was refused';

/** Forms of one operation in turn with the C program, the check numbers of all of which must be equal. */
async function besideC(
  { inC: { program, skipped = '' }, withThreads, effort }: Bench,
  title: string,
  line: (times: number) => string,
  forms: Readonly<Record<string, Work>>,
  limit?: number,
): Promise<Table> {
  const times = Math.max(2, 2 * Math.round((OPERATIONS / 2) * effort.scale));
  let expected: number | undefined;
  const checked = (name: string, time: number, check: number): number => {
    expected ??= check;
    if (check !== expected) throw new Error(`${title}: ${name} comes to ${check}, not ${expected}`);
    return time / times;
  };
  const contenders = Object.entries(forms).map(([name, work]): Contender => {
    for (let i = 0; i < 3; i++) work(times);
    const pass = (): number => {
      let check = 0;
      const time = cpuTime(() => {
        check = work(times);
      });
      return checked(name, time, check);
    };
    return { name, pass };
  });
  if (program === undefined || withThreads === undefined) {
    const samples = await interleave(contenders, effort);
    return { title, rows: contenders.map(({ name }) => compare(samples, name, undefined, { skipped })) };
  }
  const asked = (name: string, program: CProgram): Contender => ({
    name,
    pass: async () => {
      const [time, check] = (await program.ask(line(times))).split(' ').map(Number);
      return checked(name, time as number, check as number);
    },
  });
  const all = [asked(C, program), asked(C_WITH_THREADS, withThreads), ...contenders];
  const samples = await interleave(all, effort);
  const more = limit === undefined ? {} : { limit };
  return {
    title,
    rows: [
      compare(samples, C),
      compare(samples, C_WITH_THREADS, C),
      ...contenders.map(({ name }) => compare(samples, name, C, name === BARE ? {} : more)),
    ],
  };
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  attachType,
  cgroup,
  cgroupAttachTypes,
  Kernel,
  type Laboratory,
  makeStandIn,
  programType,
  programTypeOf,
  readStandIn,
  type StandIn,
  standInObstacle,
  tcx,
  type VerdictOptions,
  verdict,
} from '../../src/index.js';
import { eventually } from '../eventually.js';
import { RawCalls } from './raw-calls.js';
import { refused } from './refused.js';
import { because, onlyWhere } from './spec-15-bench.js';
import { helper, join, load64, move, returns, tailCalls } from './spec-15-programs.js';

const PACKET = new Uint8Array(64);
const CGROUP_STORAGE = 19;
const PERCPU_CGROUP_STORAGE = 21;
const GET_LOCAL_STORAGE = 81;
const MAP_GET_NEXT_ID = 12;

/**
 * Stand-ins: how a program that only tail-calls takes another one's place.
 *
 * @param runsInstructions whether the kernel runs what is loaded, so that no verdict is needed
 */
export function standInSuite(makeLaboratory: () => Laboratory, runsInstructions: boolean): void {
  let laboratory: Laboratory;
  let kernel: Kernel;
  let cleanups: (() => void)[];

  beforeEach(() => {
    laboratory = makeLaboratory();
    kernel = new Kernel(laboratory.host);
    cleanups = [];
  });

  afterEach(() => {
    for (const cleanup of cleanups.reverse()) cleanup();
    laboratory.close();
  });

  const load = (value: number, options: VerdictOptions = {}): { fd: number; id: number } => {
    const fd = laboratory.loadVerdict(value, options);
    cleanups.push(() => laboratory.host.world.close(fd));
    return { fd, id: kernel.programs.info(fd).id };
  };
  const standIn = (fd: number, likely: number = 0): StandIn => {
    const made = makeStandIn(kernel, fd, likely);
    cleanups.push(made.close);
    return made;
  };
  const result = (fd: number) => kernel.programs.testRun(fd, PACKET).result;

  it('spec 15.4 f: a stand-in returns what its original returns', () => {
    for (const value of [verdict.NEXT, verdict.PASS, verdict.DROP, 9]) {
      const original = load(value);
      const { program } = standIn(original.fd);
      expect(kernel.programs.info(program.fd)).toMatchObject({
        name: 'mprog_stand_in',
        type: programType.SCHED_CLS,
        mapIds: [expect.any(Number)],
      });
      expect(result(program.fd)).toBe(value);
    }
  });

  it('spec 15.4 f: it acts at its place of a hook, beside the original too', () => {
    const hook = tcx('ingress', laboratory.addDevice());
    const original = load(verdict.DROP);
    const { program } = standIn(original.fd, attachType.TCX_INGRESS);
    kernel.attachments.attach(hook, program.fd);
    expect(laboratory.sendPacket(hook.ifindex, 'ingress')).toBe('dropped');
    kernel.attachments.attach(hook, original.fd);
    expect(kernel.attachments.query(hook).attachments).toHaveLength(2);
    kernel.attachments.detach(hook, { programFd: original.fd });
    expect(laboratory.sendPacket(hook.ifindex, 'ingress')).toBe('dropped');
  });

  it('spec 15.6 a: a run counts for the stand-in, not for its original', () => {
    const original = load(verdict.PASS);
    const { program } = standIn(original.fd);
    using _statistics = kernel.enableStatistics();
    kernel.programs.testRun(program.fd, PACKET, { repeat: 7 });
    expect(kernel.programs.info(program.fd).runCount).toBe(7);
    expect(kernel.programs.info(original.fd).runCount).toBe(0);
  });

  it('spec 15.4 d f: its original goes with the last fd of the array, and a packet goes on', () => {
    const original = load(verdict.DROP);
    const { program, array } = standIn(original.fd);
    expect(result(program.fd)).toBe(verdict.DROP);
    array.close();
    eventually('clearing of the array', () => result(program.fd) === verdict.NEXT);
  });

  it('spec 15.4 d f: a pin of the array keeps the original in it', () => {
    const { pins } = laboratory.host.world;
    const path = `${pins.mounts()[0]}/array`;
    const original = load(verdict.DROP);
    const { program, array } = standIn(original.fd);
    kernel.pins.pin(array.fd, path);
    array.close();
    laboratory.host.world.close(original.fd);
    expect(result(program.fd)).toBe(verdict.DROP);
    expect(readStandIn(kernel, kernel.programs.info(program.fd).id)?.original).toBe(original.id);
    pins.remove(path);
    eventually('clearing of the array', () => result(program.fd) === verdict.NEXT);
  });

  it('a stand-in is recognised by what it is, and names its original', () => {
    const original = load(verdict.PASS, { name: 'firewall' });
    const { program, array } = standIn(original.fd);
    const { id, mapIds } = kernel.programs.info(program.fd);
    expect(readStandIn(kernel, id)).toEqual({ original: original.id, array: mapIds[0] });
    const second = load(verdict.PASS);
    kernel.maps.setProgram(array.fd, 0, second.fd);
    expect(readStandIn(kernel, id)?.original).toBe(second.id);
    expect(readStandIn(kernel, original.id)).toBeNull();
    expect(readStandIn(kernel, load(verdict.NEXT, { name: 'mprog_stand_in' }).id)).toBeNull();
  });

  it('a stand-in whose array is empty has no original, and one that is gone is none', () => {
    const original = load(verdict.PASS);
    const made = standIn(original.fd);
    const { id, mapIds } = kernel.programs.info(made.program.fd);
    made.array.close();
    // The array is opened by id once it is cleared, never while it is being cleared (spec 15.4 e).
    eventually('clearing of the array', () => result(made.program.fd) === verdict.NEXT);
    expect(readStandIn(kernel, id)).toEqual({ original: null, array: mapIds[0] });
    made.close();
    expect(readStandIn(kernel, id)).toBeNull();
  });

  it('spec 15.4 a f: it is loaded for the attach type that the original was loaded for', () => {
    const types: number[] = [attachType.TCX_INGRESS, attachType.TCX_EGRESS, 0, attachType.NETKIT_PRIMARY];
    for (const expectedAttachType of types) {
      const original = load(verdict.DROP, { expectedAttachType });
      for (const likely of types) expect(result(standIn(original.fd, likely).program.fd)).toBe(verdict.DROP);
    }
  });

  it('spec 15.4 f: every type of program that attaches to a cgroup can have one', () => {
    for (const [name, expectedAttachType] of Object.entries(cgroupAttachTypes)) {
      const type = programTypeOf(expectedAttachType);
      const original = load(1, { type, expectedAttachType });
      const { program } = standIn(original.fd);
      expect(kernel.programs.info(program.fd).type, name).toBe(type);
      expect(readStandIn(kernel, kernel.programs.info(program.fd).id)?.original, name).toBe(original.id);
    }
  });

  it('a program that was loaded for an attach type of no hook has none, in words', () => {
    const original = load(verdict.PASS, { expectedAttachType: 12_345 });
    expect(refused(() => standIn(original.fd))).toMatchObject({
      code: 'ERR_NO_STAND_IN',
      message: `make a stand-in for program ${original.id}: no program array takes this sched_cls program: it was loaded for an attach type that cannot be told`,
    });
    expect(standInObstacle(kernel, original.fd)).toBeNull();
  });

  it('a type of program that no hook takes has none, in words', () => {
    const original = load(verdict.PASS, { type: programType.SOCKET_FILTER });
    expect(standInObstacle(kernel, original.fd)).toBe('programs of type socket_filter have no stand-in');
    expect(refused(() => standIn(original.fd)).code).toBe('ERR_NO_STAND_IN');
  });

  it('what is refused leaves no map and no program behind', () => {
    const before = [...kernel.programs.ids()].length;
    const original = load(verdict.PASS, { expectedAttachType: 12_345 });
    const made: number[] = [];
    const create = kernel.maps.createProgramArray.bind(kernel.maps);
    kernel.maps.createProgramArray = (...parameters) => {
      const array = create(...parameters);
      made.push(kernel.maps.info(array.fd).id);
      return array;
    };
    refused(() => standIn(original.fd));
    expect(made).toHaveLength(5);
    // By listing: an array that is being cleared must not be opened (spec 15.4 e).
    const raw = new RawCalls(laboratory.host);
    eventually('end of the arrays', () => made.every((id) => raw.nextId(MAP_GET_NEXT_ID, id - 1) !== id));
    if (!runsInstructions) expect([...kernel.programs.ids()].length).toBe(before + 1);
  });

  onlyWhere(
    runsInstructions,
    because.verifier,
    'spec 15.4 f: a program with storage of cgroups fits no array, and so has no stand-in',
    () => {
      for (const type of [CGROUP_STORAGE, PERCPU_CGROUP_STORAGE]) {
        using storage = kernel.maps.create({ type, keySize: 16, valueSize: 8, maxEntries: 0, name: 'seen' });
        const instructions = join(
          load64(1, 1, storage.fd),
          move(2, 0),
          helper(GET_LOCAL_STORAGE),
          returns(1),
        );
        using original = kernel.programs.load({ type: programType.CGROUP_SKB, instructions });
        using array = kernel.maps.createProgramArray('array', 1);
        using _owner = kernel.programs.load({
          type: programType.CGROUP_SKB,
          instructions: tailCalls(array.fd, 0, 1),
        });
        expect(refused(() => kernel.maps.setProgram(array.fd, 0, original.fd)).code).toBe('EINVAL');
        const reason =
          'its map seen keeps storage for each cgroup it is attached to, which no tail call passes on';
        expect(standInObstacle(kernel, original.fd)).toBe(reason);
        expect(refused(() => standIn(original.fd))).toMatchObject({
          code: 'ERR_NO_STAND_IN',
          message: expect.stringContaining(reason),
        });
      }
    },
  );

  it('spec 15.4 f: 33 tail calls follow one another, and the next one falls through', () => {
    const chain = (length: number): number => {
      let fd = load(99).fd;
      for (let i = 1; i <= length; i++) {
        const array = kernel.maps.createProgramArray('next', 1);
        kernel.maps.setProgram(array.fd, 0, fd);
        const source = { type: programType.SCHED_CLS, instructions: tailCalls(array.fd, 0, i) };
        const caller = kernel.programs.load(source);
        cleanups.push(array.close.bind(array), caller.close.bind(caller));
        fd = caller.fd;
      }
      return result(fd);
    };
    expect([0, 1, 33, 34, 36].map(chain)).toEqual([99, 99, 99, 1, 3]);
  });

  it('spec 15.4 f: a program that tail-calls itself comes to an end', () => {
    using array = kernel.maps.createProgramArray('itself', 2);
    using program = kernel.programs.load({
      type: programType.SCHED_CLS,
      instructions: tailCalls(array.fd, 1, 5),
    });
    kernel.maps.setProgram(array.fd, 1, program.fd);
    expect(result(program.fd)).toBe(5);
  });
}

/** Stand-ins on cgroups. */
export function standInCgroupSuite(makeLaboratory: () => Laboratory): void {
  describe('on a cgroup', () => {
    it('spec 15.4 f 10.9: the stand-in of a program that refuses refuses, and allows once its array is empty', () => {
      using laboratory = makeLaboratory();
      const kernel = new Kernel(laboratory.host);
      const path = laboratory.addCgroup();
      const directory = laboratory.host.world.openCgroup(path);
      const options = { type: programType.CGROUP_SKB, expectedAttachType: attachType.CGROUP_INET_EGRESS };
      const original = laboratory.loadVerdict(0, options);
      try {
        const hook = cgroup('inet_egress', directory, path);
        using standIn = makeStandIn(kernel, original, attachType.CGROUP_INET_EGRESS);
        kernel.attachments.attach(hook, standIn.program.fd);
        expect(laboratory.sendCgroupPacket(path, 'egress')).toBe('refused');
        standIn.array.close();
        eventually('clearing', () => laboratory.sendCgroupPacket(path, 'egress') === 'allowed');
        kernel.attachments.detach(hook, { programFd: standIn.program.fd });
      } finally {
        laboratory.host.world.close(original);
        laboratory.host.world.close(directory);
      }
    });
  });
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Laboratory, programType } from '../../src/index.js';
import { cgroupMount } from '../../src/linux/cgroups.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { RawCalls } from '../suites/raw-calls.js';
import { besideOthers, cgroupReason, liveSuite, unless } from './requirements.js';

const built = new URL('../../dist/linux/index.js', import.meta.url).href;

liveSuite('cgroups of the Linux laboratory', () => unless(cgroupReason(), body), besideOthers);

function body(): void {
  let laboratory: Laboratory;
  const own = (pid: number = process.pid) =>
    readdirSync(cgroupMount()).filter((name) => name.startsWith(`mprog-${pid}-`));

  beforeEach(() => {
    laboratory = openLinuxLaboratory();
  });

  afterEach(() => laboratory.close());

  it('are directories with the pid in their names, gone when it is closed', () => {
    const parent = laboratory.addCgroup();
    const child = laboratory.addCgroup(parent);
    expect(parent).toMatch(new RegExp(`^/mprog-${process.pid}-\\d+$`));
    expect(child).toMatch(new RegExp(`^${parent}/mprog-${process.pid}-\\d+$`));
    expect(own()).toEqual([parent.slice(1)]);
    laboratory.close();
    expect(own()).toEqual([]);
  });

  it('are refused below what is not its own, and while they have children', () => {
    const parent = laboratory.addCgroup();
    const child = laboratory.addCgroup(parent);
    expect(() => laboratory.addCgroup('/nothing')).toThrow('the laboratory has no such cgroup (ENOENT)');
    expect(() => laboratory.removeCgroup('/')).toThrow('the laboratory has no such cgroup (ENOENT)');
    expect(() => laboratory.sendCgroupPacket('/', 'egress')).toThrow('(ENOENT)');
    expect(() => laboratory.removeCgroup(parent)).toThrow('(EBUSY)');
    laboratory.removeCgroup(child);
    laboratory.removeCgroup(parent);
    expect(own()).toEqual([]);
  });

  it('spec 10.8: are removed only when what was attached is released', () => {
    const raw = new RawCalls(laboratory.host);
    for (let round = 0; round < 20; round++) {
      const path = laboratory.addCgroup();
      const fd = laboratory.host.world.openCgroup(path);
      const program = laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const id = raw.idOf(program);
      expect(raw.attach({ target: fd, type: 0, program, flags: 2 })).toBe(0);
      raw.close(program);
      laboratory.removeCgroup(path);
      expect(raw.programById(id)).toBe('ENOENT');
      raw.close(fd);
    }
  });

  it('are removed also where programs that do not share are attached', () => {
    const raw = new RawCalls(laboratory.host);
    const path = laboratory.addCgroup();
    const below = laboratory.addCgroup(path);
    const fd = laboratory.host.world.openCgroup(path);
    for (const [type, kind] of [
      [18, programType.CGROUP_SYSCTL],
      [6, programType.CGROUP_DEVICE],
    ] as const) {
      expect(raw.attach({ target: fd, type, program: laboratory.loadVerdict(1, { type: kind }) })).toBe(0);
    }
    raw.close(fd);
    laboratory.removeCgroup(below);
    laboratory.removeCgroup(path);
    expect(own()).toEqual([]);
  });

  it('leave the process in the cgroup that it was in after a packet', () => {
    const before = readFileSync('/proc/self/cgroup', 'utf8');
    const path = laboratory.addCgroup();
    for (const direction of ['ingress', 'egress'] as const) {
      for (let round = 0; round < 20; round++) {
        expect(laboratory.sendCgroupPacket(path, direction)).toBe('allowed');
      }
    }
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before);
  });

  it('are swept by the next laboratory when their process was killed, those of living ones are not', async () => {
    const program = `
      import { openLinuxLaboratory } from ${JSON.stringify(built)};
      const laboratory = openLinuxLaboratory();
      console.log(laboratory.addCgroup(laboratory.addCgroup()));
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const directory = cgroupMount() + line.trim();
    expect(existsSync(directory)).toBe(true);
    laboratory.addCgroup();
    expect(existsSync(directory)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = openLinuxLaboratory();
    next.addCgroup();
    expect(existsSync(directory)).toBe(false);
    expect(own(child.pid)).toEqual([]);
    next.close();
  });

  it('count on where another one of the same process has the name', () => {
    const [, number] = /-(\d+)$/.exec(laboratory.addCgroup())!;
    const taken = `/mprog-${process.pid}-${Number(number) + 1}`;
    mkdirSync(cgroupMount() + taken);
    try {
      expect(laboratory.addCgroup()).toBe(`/mprog-${process.pid}-${Number(number) + 2}`);
    } finally {
      rmdirSync(cgroupMount() + taken);
    }
  });
}

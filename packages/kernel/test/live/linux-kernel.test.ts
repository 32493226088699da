import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command } from '../../src/abi/command.js';
import { errno } from '../../src/abi/errno.js';
import { info } from '../../src/abi/info.js';
import type { Laboratory } from '../../src/laboratory.js';
import { openLinux, openLinuxLaboratory } from '../../src/linux/index.js';
import { RawAttr } from './raw-attr.js';
import { besideOthers, liveSuite } from './requirements.js';

/** What `tsc` built; `npm test` builds it when it is stale. */
const built = fileURLToPath(new URL('../../dist/linux/index.js', import.meta.url));

const body = () => {
  let laboratory: Laboratory;
  let raw: RawAttr;

  beforeEach(() => {
    laboratory = openLinuxLaboratory();
    raw = new RawAttr(laboratory.host);
  });

  afterEach(() => laboratory.close());

  /** Asks from inside another namespace; the answer comes outside. */
  const inside = (inode: string, ask: () => Promise<number>) =>
    laboratory.host.world.within({ inode }, () => [ask()])[0];

  it('spec 1.1: refuses an unknown command', () => {
    raw.write({});
    expect(laboratory.host.systemCall.bpf(9999, raw.address, 64)).toBe(-errno.EINVAL);
  });

  it('answers EFAULT for an attr where no memory is', () => {
    expect(laboratory.host.systemCall.bpf(command.PROG_QUERY, 8, 64)).toBe(-errno.EFAULT);
  });

  it('spec 1.5: refuses an attr of more than a page, also later', async () => {
    const { arena, bpf } = { arena: laboratory.host.systemCall.arena, bpf: laboratory.host.systemCall };
    const at = arena.address(arena.reserve(8192));
    expect(bpf.bpf(command.PROG_QUERY, at, 4097)).toBe(-errno.E2BIG);
    expect(await bpf.bpfLater(command.PROG_QUERY, at, 4097)).toBe(-errno.E2BIG);
  });

  it('refuses a later call whose attr lies outside of the arena', async () => {
    const { arena } = laboratory.host.systemCall;
    const end = arena.base + arena.bytes.length;
    await expect(laboratory.host.systemCall.bpfLater(command.PROG_ATTACH, end - 8, 32)).rejects.toMatchObject(
      {
        code: 'EFAULT',
      },
    );
  });

  it('keeps its memory while garbage is made and collected', () => {
    const ifindex = laboratory.addDevice();
    const fds = Array.from({ length: 20 }, () => laboratory.loadVerdict(-1));
    for (const fd of fds) expect(raw.attach({ ifindex }, fd)).toBe(0);
    const ids = fds.map((fd) => raw.id(fd));
    let garbage: Uint8Array[] = [];
    for (let round = 0; round < 20_000; round++) {
      garbage.push(new Uint8Array(2048).fill(round));
      if (garbage.length > 500) garbage = [];
      expect(raw.query({ ifindex })).toEqual(ids);
    }
    for (const fd of fds) laboratory.host.world.close(fd);
  });

  it('gives memory back only when nothing refers to it: a closed host refuses and does not crash', async () => {
    const host = openLinux();
    const { arena } = host.systemCall;
    host.close();
    host.close();
    expect(() => host.systemCall.bpf(command.PROG_QUERY, arena.base, 64)).toThrow('it was closed (EBADF)');
    await expect(host.systemCall.bpfLater(command.PROG_QUERY, arena.base, 64)).rejects.toMatchObject({
      code: 'EBADF',
    });
    await expect(host.world.closeLater(99)).rejects.toMatchObject({ code: 'EBADF' });
    arena.bytes.fill(1);
    expect(arena.bytes.at(-1)).toBe(1);
  });

  it('copies the attr of a later call, so that it may be overwritten at once', async () => {
    const ifindex = laboratory.addDevice();
    const fds = Array.from({ length: 8 }, () => laboratory.loadVerdict(-1));
    const answers = fds.map((fd) => raw.attachLater({ ifindex }, fd));
    raw.write({ 0: 0xffff_ffff });
    expect(await Promise.all(answers)).toEqual(fds.map(() => 0));
    expect(raw.query({ ifindex })).toEqual(fds.map((fd) => raw.id(fd)));
    for (const fd of fds) laboratory.host.world.close(fd);
  });

  it('lets the event loop go on while a later call waits', async () => {
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(-1);
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await raw.attachLater({ ifindex }, fd)).toBe(0);
    done = true;
    expect(turns).toBeGreaterThan(0);
    laboratory.host.world.close(fd);
  });

  it('acts in the namespace that the caller is in when it asks, and nowhere else', async () => {
    const { world } = laboratory.host;
    const here = laboratory.addDevice();
    const blue = laboratory.addNamespace();
    const there = world.within({ inode: blue }, () => laboratory.addDevice());
    expect(there).toBe(here);
    const [warm, meant] = [laboratory.loadVerdict(-1), laboratory.loadVerdict(-1)];
    const egress = { ifindex: here, type: 47 };

    // The thread is born, and has worked, in the first namespace.
    expect(await raw.attachLater(egress, warm)).toBe(0);
    const answer = inside(blue, () => raw.attachLater({ ifindex: there }, meant));
    const home = raw.attachLater(egress, meant);
    expect(await answer).toBe(0);
    expect(await home).toBe(0);

    expect(raw.query({ ifindex: here })).toEqual([]);
    expect(raw.query(egress)).toEqual([raw.id(warm), raw.id(meant)]);
    world.within({ inode: blue }, () => {
      expect(raw.query({ ifindex: there })).toEqual([raw.id(meant)]);
      expect(raw.query({ ifindex: there, type: 47 })).toEqual([]);
    });
    for (const fd of [warm, meant]) world.close(fd);
  });

  it('keeps acting for the right namespace when it was first asked from inside another one', async () => {
    const { world } = laboratory.host;
    const ifindex = laboratory.addDevice();
    const blue = laboratory.addNamespace();
    const there = world.within({ inode: blue }, () => laboratory.addDevice());
    const fd = laboratory.loadVerdict(-1);
    expect(await inside(blue, () => raw.attachLater({ ifindex: there }, fd))).toBe(0);
    expect(raw.query({ ifindex })).toEqual([]);
    expect(await raw.attachLater({ ifindex }, fd)).toBe(0);
    expect(raw.query({ ifindex })).toEqual([raw.id(fd)]);
    world.close(fd);
  });

  it('does not hold a namespace that it has acted in', async () => {
    const { world } = laboratory.host;
    const blue = laboratory.addNamespace();
    const ifindex = world.within({ inode: blue }, () => laboratory.addDevice());
    const fd = laboratory.loadVerdict(-1);
    expect(await inside(blue, () => raw.attachLater({ ifindex }, fd))).toBe(0);
    const link = world.within({ inode: blue }, () => raw.link({ ifindex, type: 47 }, fd));
    expect(raw.infoField(link, info.link.ifindex)).toBe(ifindex);
    laboratory.removeNamespace(blue);
    expect(raw.infoField(link, info.link.ifindex)).toBe(0);
    for (const open of [fd, link]) world.close(open);
  });

  it('acts later with the rights that the caller had when it asked', async () => {
    const ifindex = laboratory.addDevice();
    const query = () => {
      raw.write({ [attr.progQuery.target]: ifindex, [attr.progQuery.attachType]: 46 });
      return laboratory.host.systemCall.bpfLater(command.PROG_QUERY, raw.address, attr.progQuery.end);
    };
    const answers = laboratory.withCapabilities([], () => [query()]);
    expect(await answers[0]).toBe(-errno.EPERM);
    expect(await query()).toBe(0);
    expect(await laboratory.withCapabilities(['CAP_NET_ADMIN'], () => [query()])[0]).toBe(0);
  });

  it('spec 2.2: a link that is closed later detaches', async () => {
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(-1);
    const link = raw.link({ ifindex }, fd);
    expect(raw.query({ ifindex })).toEqual([raw.id(fd)]);
    expect(await laboratory.host.world.closeLater(link)).toBe(0);
    expect(raw.query({ ifindex })).toEqual([]);
    expect(await laboratory.host.world.closeLater(link)).toBe(-errno.EBADF);
    laboratory.host.world.close(fd);
  });

  it('gives every answer that it owes when it is closed', async () => {
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(-1);
    const host = openLinux();
    const own = new RawAttr(host);
    const answer = own.attachLater({ ifindex }, fd);
    host.close();
    expect(await answer).toBe(0);
    expect(raw.query({ ifindex })).toEqual([raw.id(fd)]);
    laboratory.host.world.close(fd);
  });

  it('keeps no fd open once it is closed', async () => {
    const count = () => readdirSync('/proc/thread-self/fd').length;
    const first = openLinux();
    await first.world.closeLater(9999);
    first.close();
    await ended(count, count());
    const before = count();
    for (let round = 0; round < 5; round++) {
      const host = openLinux();
      await host.world.closeLater(9999);
      host.close();
      openLinux().close();
    }
    await ended(count, before);
    expect(count()).toBeLessThanOrEqual(before);
  });

  it('lets the process end while its thread is idle, and keeps it alive while an answer is owed', () => {
    const program = `
      import { openLinux } from ${JSON.stringify(built)};
      const host = openLinux();
      console.log(await host.world.closeLater(9999));
    `;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${-errno.EBADF}\n`, stderr: '' });
  });
};

liveSuite('the Linux kernel', body, besideOthers);

/** Waits, with a bound, until a count is no more than a limit: threads end by themselves. */
async function ended(count: () => number, limit: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (count() > limit && performance.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

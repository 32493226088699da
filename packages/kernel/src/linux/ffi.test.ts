import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { open } from './ffi.js';

const require = createRequire(import.meta.url);

/** A `require` that finds koffi, and fails as koffi does without the package for this platform. */
function requireWithoutBinary(): NodeJS.Require {
  const without = () => {
    throw new Error('Cannot find the native Koffi module; did you bundle it correctly?');
  };
  return Object.assign(without, { resolve: () => '/koffi/index.cjs' }) as unknown as NodeJS.Require;
}

function isInstalled(): boolean {
  try {
    open(process.platform, process.arch, require);
    return true;
  } catch {
    return false;
  }
}

describe('foreign functions', () => {
  it.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 'riscv64'],
  ])('are refused on %s and %s', (platform, machine) => {
    expect(() => open(platform, machine, require)).toThrow(
      expect.objectContaining({
        code: 'ENOSYS',
        message: `open the Linux kernel: needs Linux on x64 or arm64, and this is ${platform} on ${machine} (ENOSYS); or use --kernel simulated:FILE`,
      }),
    );
  });

  it('say how to install koffi where it is missing', () => {
    const elsewhere = createRequire('/nowhere/index.js');
    expect(() => open('linux', 'x64', elsewhere)).toThrow(
      expect.objectContaining({
        code: 'EKOFFI',
        message: expect.stringContaining('npm install --include=optional'),
      }),
    );
  });

  it('say how to install the binary of koffi where it is missing', () => {
    expect(() => open('linux', 'arm64', requireWithoutBinary())).toThrow(
      expect.objectContaining({
        code: 'EKOFFI',
        message: expect.stringContaining('its binary for linux-arm64'),
      }),
    );
  });
});

describe.runIf(isInstalled())('memory', () => {
  it('is as long as asked, zero, and its own', () => {
    const foreign = open(process.platform, process.arch, require);
    const [one, two] = [foreign.map(100_000), foreign.map(1)];
    expect(one.bytes.length).toBe(131_072);
    expect(two.bytes.length).toBe(65_536);
    expect(one.bytes.every((byte) => byte === 0)).toBe(true);
    one.bytes.fill(7);
    expect(two.bytes.every((byte) => byte === 0)).toBe(true);
    expect(one.base % 4096).toBe(0);
  });

  it('is refused in words when there is not so much', () => {
    const foreign = open(process.platform, process.arch, require);
    expect(() => foreign.map(2 ** 50)).toThrow('(ENOMEM)');
  });

  it('takes texts as C does, and refuses those that would end early or late', () => {
    const foreign = open(process.platform, process.arch, require);
    const address = foreign.text(16, 'größe');
    expect(address).toBe(foreign.scratch.address(16));
    expect(Buffer.from(foreign.scratch.bytes.subarray(16, 24)).toString()).toBe('größe\0');
    expect(() => foreign.text(0, 'a\0b')).toThrow('(EINVAL)');
    expect(() => foreign.text(0, 'a'.repeat(4096))).toThrow('(ENAMETOOLONG)');
  });
});

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Laboratory } from '../../src/laboratory.js';
import { missingOnLinux, openLinuxLaboratory, requireLinux } from '../../src/linux/index.js';
import { liveSuite } from './requirements.js';

liveSuite('what Linux is needed for', () => {
  let laboratory: Laboratory;

  beforeEach(() => {
    laboratory = openLinuxLaboratory();
  });

  afterEach(() => laboratory.close());

  it('is all there for an administrator', () => {
    for (const use of ['load', 'attach', 'query', 'open by id', 'enter namespaces', 'laboratory'] as const) {
      expect(missingOnLinux(use)).toBeNull();
      expect(() => requireLinux(use)).not.toThrow();
    }
  });

  it('spec 7.10: names what is missing', () => {
    laboratory.withCapabilities([], () => {
      expect(missingOnLinux('load')).toBe('needs CAP_BPF and CAP_NET_ADMIN');
      expect(missingOnLinux('query')).toBe('needs CAP_NET_ADMIN');
      const administrator =
        'needs CAP_SYS_ADMIN; CAP_BPF and CAP_NET_ADMIN suffice to load, attach and query';
      expect(missingOnLinux('open by id')).toBe(administrator);
      expect(missingOnLinux('laboratory')).toBe(administrator);
      expect(() => requireLinux('load')).toThrow(
        expect.objectContaining({
          code: 'EPERM',
          data: { use: 'load', missing: ['CAP_BPF', 'CAP_NET_ADMIN'] },
        }),
      );
      expect(() => openLinuxLaboratory()).toThrow(expect.objectContaining({ code: 'EPERM' }));
    });
  });

  it('spec 7.10: is content with either set that suffices', () => {
    laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      expect(missingOnLinux('load')).toBeNull();
      expect(missingOnLinux('query')).toBeNull();
      expect(missingOnLinux('open by id')).not.toBeNull();
    });
    laboratory.withCapabilities(['CAP_SYS_ADMIN'], () => {
      expect(missingOnLinux('load')).toBeNull();
      expect(missingOnLinux('query')).toBeNull();
      expect(missingOnLinux('laboratory')).toBe('needs CAP_NET_ADMIN and CAP_SYS_CHROOT');
    });
    laboratory.withCapabilities(['CAP_BPF'], () => {
      expect(missingOnLinux('load')).toBe('needs CAP_NET_ADMIN');
    });
  });
});

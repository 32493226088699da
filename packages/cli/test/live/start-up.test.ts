import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Laboratory } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { objectPath } from '../objects.js';
import { runCommand } from '../run-command.js';

liveSuite('starting up on the running kernel', () => {
  let laboratory: Laboratory;
  let state: string;

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'mprog-start-'));
    laboratory = openLinuxLaboratory();
    laboratory.addDevice('fox0');
  });

  afterEach(() => {
    laboratory.close();
    rmSync(state, { recursive: true });
  });

  const hook = 'tcx/ingress@fox0';

  /** Files of the bundle that a command loaded, by what the engine's coverage says. */
  function loadedBy(...words: string[]): readonly string[] {
    const coverage = mkdtempSync(join(state, 'coverage-'));
    const { status, stderr } = runCommand([...words, '--state', state], [], { NODE_V8_COVERAGE: coverage });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return readdirSync(coverage).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as {
        result: { url: string }[];
      };
      return result.filter(({ url }) => url.includes('/bin/dist/')).map(({ url }) => basename(url));
    });
  }

  test('a command that looks at a hook loads nothing that changes one', () => {
    loadedBy('attach', hook, objectPath('firewall'));
    loadedBy('attach', hook, objectPath('telemetry'), '--link');
    const loaded = loadedBy('show', hook);
    expect(loaded).toEqual(expect.arrayContaining(['command-table.js', 'show.js', 'linux.js']));
    expect(loaded).not.toContain('change.js');
    expect(loaded).not.toContain('laboratory.js');
    expect(loaded).not.toContain('help-texts.js');
    expect(loadedBy('attach', hook, `${objectPath('audit')}:audit_in`)).toContain('change.js');
  });
});

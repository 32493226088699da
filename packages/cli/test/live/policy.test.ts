import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kernel, type Laboratory, tcx } from '@mprog/kernel';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { objectPath } from '../objects.js';
import { type CommandResult, runCommand } from '../run-command.js';

liveSuite('policies from the command line, on the running kernel', () => {
  let laboratory: Laboratory;
  let ifindex: number;
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprog-policy-'));
    file = join(directory, 'p.yaml');
    for (const name of ['firewall', 'telemetry']) {
      copyFileSync(objectPath(name), join(directory, `${name}.o`));
    }
    laboratory = openLinuxLaboratory();
    ifindex = laboratory.addDevice('fox0');
  });

  afterEach(() => {
    laboratory.close();
    rmSync(directory, { recursive: true });
  });

  const hook = 'tcx/ingress@fox0';
  const run = (...words: string[]) => runCommand([...words, '--state', directory]);
  const rightfully = (...words: string[]): CommandResult => {
    const result = run(...words);
    expect(result).toMatchObject({ status: 0, stderr: '' });
    return result;
  };
  const write = (...order: string[]) =>
    writeFileSync(
      file,
      `version: 1\nprograms:\n  fw: { object: firewall.o }\n  tel: { object: telemetry.o }\n  other: { match: { name: somebody }, optional: true }\nhooks:\n- { on: tcx/ingress, devices: [fox0], order: [${order.join(', ')}] }\n`,
    );
  const query = () => new Kernel(laboratory.host).attachments.query(tcx('ingress', ifindex));
  const names = () => {
    const kernel = new Kernel(laboratory.host);
    return query().attachments.map(({ programId }) => {
      using program = kernel.programs.open(programId);
      return kernel.programs.info(program.fd).name;
    });
  };

  test('check, plan, apply, move, export and undo', () => {
    const kernel = new Kernel(laboratory.host);
    const fd = laboratory.loadVerdict(-1, { name: 'somebody' });
    kernel.attachments.attach(tcx('ingress', ifindex), fd);
    laboratory.host.world.close(fd);
    write('tel', 'fw', 'other');
    expect(runCommand(['policy', 'check', file]).stdout).toBe(`${file}: fine: 3 programs on 1 hook\n`);
    expect(run('plan', file, '--exit-code').status).toBe(3);
    expect(names()).toEqual(['somebody']);

    rightfully('apply', file, '--yes');
    expect(names()).toEqual(['telemetry', 'firewall', 'somebody']);
    const { revision } = query();
    expect(run('plan', file, '--exit-code').status).toBe(0);
    rightfully('apply', file, '--yes');
    expect(query().revision).toBe(revision);

    write('fw', 'other', 'tel');
    const plan = rightfully('plan', file).stdout;
    expect(plan).toContain('somebody');
    expect(plan).toContain('foreign');
    rightfully('apply', file, '--yes');
    expect(names()).toEqual(['firewall', 'somebody', 'telemetry']);

    rightfully('move', hook, 'name:telemetry', '--first', '--yes');
    expect(names()).toEqual(['telemetry', 'firewall', 'somebody']);
    rightfully('undo', '--yes');
    expect(names()).toEqual(['firewall', 'somebody', 'telemetry']);

    const exported = join(directory, 'exported.yaml');
    writeFileSync(exported, rightfully('export', 'fox0').stdout);
    expect(run('plan', exported, '--exit-code')).toMatchObject({
      status: 0,
      stdout: 'nothing to change on 1 hook\n',
      stderr: '',
    });
  });
});

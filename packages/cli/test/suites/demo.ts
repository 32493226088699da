import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runDemo } from '../../src/demo/demo.js';
import { Output } from '../../src/render/output.js';

/** The demo as somebody watches it, on either kernel. */
export function demoSuite(simulated: boolean): void {
  it('tells the whole story and leaves nothing behind', async () => {
    const screen = makeScreen();
    const directory = process.cwd();
    expect(await runDemo({ output: screen.output, simulated })).toBe(0);
    const text = screen.text();
    expect(text).toMatch(simulated ? /simulated kernel/ : /linux .* real/);
    expect(text).toContain('packet ──▶ telemetry ──▶ firewall ──▶ audit_in ──▶ stack');
    expect(text).toContain('packet ──▶ telemetry ──▶ stop ──▶ stack    not reached: firewall, audit_in');
    expect(text).toMatch(/revision is 5, expected 4 \(ESTALE\)/);
    expect(text).toMatch(/"after\s+name:firewall" and\s+"before\s+name:telemetry"/);
    expect(text).toContain('──▶ account_for_every_packet ──▶');
    expect(text).toContain('0 programs on tcx/ingress@demo0, revision 1');
    expect(text).toContain('packet ──▶ audit_in ──▶ telemetry ──▶ account_for_every_packet ──▶ stack');
    expect(text.match(/packet ──▶ telemetry ──▶ firewall ──▶ audit_in ──▶ stack/g)).toHaveLength(3);
    expect(text.match(/\$ mprog undo /g)).toHaveLength(2);
    expect(text.match(/0 programs on/g)).toHaveLength(2);
    expect(process.cwd()).toBe(directory);
    expect(folders()).toEqual([]);
  });

  it('ends between two steps when it is interrupted, and removes what it made', async () => {
    const screen = makeScreen((text) => {
      if (text.includes('2. A program that ends the chain')) process.emit('SIGINT');
    });
    expect(await runDemo({ output: screen.output, simulated })).toBe(130);
    expect(screen.text()).toContain('Interrupted; everything that the demo made is removed.');
    expect(screen.text()).not.toContain('3. A stale revision');
    expect(process.listenerCount('SIGINT')).toBe(0);
    expect(folders()).toEqual([]);
  });

  it('removes what it made also when it is interrupted at its end', async () => {
    const screen = makeScreen((text) => {
      if (text.includes('0 programs on')) process.emit('SIGINT');
    });
    expect(await runDemo({ output: screen.output, simulated })).toBe(130);
    expect(folders()).toEqual([]);
  });

  it('fits a narrow terminal', async () => {
    const screen = makeScreen(() => {}, 72);
    await runDemo({ output: screen.output, simulated });
    const long = screen
      .text()
      .split('\n')
      .filter((line) => line.length > 72);
    expect(long).toEqual([]);
  });
}

function makeScreen(
  watch: (text: string) => void = () => {},
  columns = 100,
): { output: Output; text: () => string } {
  let written = '';
  const stream = {
    isTerminal: true,
    columns,
    write: (text: string) => {
      written += text;
      watch(text);
    },
  };
  const stdin = { isTerminal: false, read: async () => new Uint8Array() };
  const terminal = { stdin, stdout: stream, stderr: stream, environment: {}, ask: async () => false };
  return {
    output: new Output(terminal, { format: 'text', quiet: false, colors: false }),
    text: () => written,
  };
}

/** What this process's demos have left; others may run beside it. */
function folders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`mprog-demo-${process.pid}-`));
}

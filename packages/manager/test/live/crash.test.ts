import { vi } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { crashSuite } from '../crash/crash-suite.js';
import { LinuxMachine } from '../crash/linux-machine.js';
import { processSelection } from '../crash/process-selection.js';

vi.setConfig({ testTimeout: 1_800_000 });

liveSuite('a process that is killed on the running kernel leaves what the next one finishes', () => {
  const { scenarios, selection } = processSelection();
  crashSuite(scenarios, (scenario) => new LinuxMachine(scenario), selection);
});

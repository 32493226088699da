import { describe, vi } from 'vitest';
import { crashSuite } from '../test/crash/crash-suite.js';
import { FileMachine } from '../test/crash/file-machine.js';
import { MemoryMachine } from '../test/crash/memory-machine.js';
import { processSelection } from '../test/crash/process-selection.js';
import { crashScenarios } from '../test/crash/scenarios.js';

vi.setConfig({ testTimeout: 600_000 });

const all = process.env.MPROG_CRASH === 'all';

describe('after every death in memory', () => {
  crashSuite(crashScenarios(), (scenario) => new MemoryMachine(scenario), {
    moments: all ? ['before', 'after'] : ['after'],
    step: all ? 1 : 8,
    second: all ? 'all' : 'none',
    otherwise: true,
  });
});

describe('after the deaths of processes on a simulated host', () => {
  const { scenarios, selection } = processSelection();
  crashSuite(scenarios, (scenario) => new FileMachine(scenario), selection);
});

import { describe, vi } from 'vitest';
import { crashMode } from '../test/crash/crash-mode.js';
import { crashSuite } from '../test/crash/crash-suite.js';
import { FileMachine } from '../test/crash/file-machine.js';
import { MemoryMachine } from '../test/crash/memory-machine.js';
import { processSelection } from '../test/crash/process-selection.js';
import { crashScenarios } from '../test/crash/scenarios.js';

vi.setConfig({ testTimeout: 600_000 });

const mode = crashMode();

/** Of the twelve scenarios of each kind each begins at another change, so that between them they have all. */
const STEP = 12;

describe('after every death in memory', () => {
  crashSuite(crashScenarios(), (scenario) => new MemoryMachine(scenario), {
    moments: mode === 'all' ? ['before', 'after'] : ['after'],
    step: mode === 'some' ? STEP : 1,
    second: mode === 'twice' ? 'all' : 'none',
    otherwise: mode !== 'twice',
  });
});

describe('after the deaths of processes on a simulated host', () => {
  const { scenarios, selection } = processSelection();
  crashSuite(scenarios, (scenario) => new FileMachine(scenario), selection);
});

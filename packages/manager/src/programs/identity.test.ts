import { describe, expect, test } from 'vitest';
import { journalIntent } from '../journal/journal-intent.js';
import type { JournalIntent, JournalRecord } from '../journal/journal-record.js';
import { identities } from './identity.js';

const file = { object: '/etc/mprog/firewall.o', digest: 'ab'.repeat(32), function: 'fw_main' };

function record(
  entry: string,
  intent: Partial<JournalIntent>,
  outcome: JournalRecord['outcome'] = null,
): JournalRecord {
  return {
    version: 1,
    entry,
    phase: outcome === null ? 'before' : 'after',
    bootId: 'b',
    time: '',
    user: 'root',
    pid: 1,
    ...journalIntent({ operation: 'load-program', ...intent }),
    revisionAfter: null,
    outcome,
    error: null,
  };
}

describe('where programs come from', () => {
  test('is what their load recorded, whether or not its end was', () => {
    const policyProgram = 'firewall';
    const records = [
      record('1', { program: 5, ...file }),
      record('2', { program: 6, ...file, policyProgram }),
      record('2', { program: 6, ...file, policyProgram }, 'done'),
    ];
    expect([...identities(records)]).toEqual([
      [5, { ...file, policyProgram: null }],
      [6, { ...file, policyProgram }],
    ]);
  });

  test('is told of an older version by what took its name', () => {
    const policyProgram = 'firewall';
    const records = [record('1', { program: 6, ...file, policyProgram, replaced: 5 })];
    expect(identities(records).get(5)).toEqual({
      object: file.object,
      digest: null,
      function: null,
      policyProgram,
    });
    const known = [record('0', { program: 5, ...file, policyProgram }), ...records];
    expect(identities(known).get(5)).toEqual({ ...file, policyProgram });
  });

  test('is unknown of what was not loaded, and of a load that failed', () => {
    const records = [
      record('1', { program: 5, operation: 'attach' }),
      record('2', { program: 6, ...file }),
      record('2', { program: 6, ...file }, 'failed'),
      record('3', { ...file }),
    ];
    expect([...identities(records)]).toEqual([]);
  });

  test('says what a record of before says', () => {
    const records = [record('1', { program: 5, object: 'firewall.o' })];
    expect(identities(records).get(5)).toEqual({
      object: 'firewall.o',
      digest: null,
      function: null,
      policyProgram: null,
    });
  });
});

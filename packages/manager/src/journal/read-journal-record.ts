import type { JournalRecord } from './journal-record.js';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
/** Earlier records lack some keys, which count as null. */
const orNothing =
  (check: Check): Check =>
  (value) =>
    value == null || check(value);
const withKeys =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(checks).every(([key, check]) => check((value as Readonly<Record<string, unknown>>)[key]));

const hookName: Check = (value) => typeof value === 'string' && /^[^/@]+\/[^/@]+@./s.test(value);

const member = withKeys({
  program: orNothing(whole),
  name: orNothing(text),
  key: text,
  kind: oneOf('link', 'direct'),
  link: orNothing(whole),
  pin: orNothing(text),
  own: flag,
  standIn: flag,
});

const plan = withKeys({
  group: text,
  command: oneOf('apply', 'move', 'undo'),
  subject: text,
  strategy: oneOf('overlap', 'in-place', 'gap'),
  before: listOf(member),
  after: listOf(member),
  steps: listOf(text),
  attaches: listOf(whole),
  detaches: listOf(whole),
});

const record = withKeys({
  version: (value) => value === 1,
  entry: text,
  phase: oneOf('before', 'step', 'after'),
  bootId: text,
  time: text,
  user: text,
  pid: whole,
  operation: text,
  hook: orNothing(hookName),
  netnsInode: orNothing(text),
  ifindex: orNothing(whole),
  cgroupId: orNothing(text),
  program: orNothing(whole),
  object: orNothing(text),
  digest: orNothing(text),
  function: orNothing(text),
  policyProgram: orNothing(text),
  replaced: orNothing(whole),
  link: orNothing(whole),
  pin: orNothing(text),
  revisionBefore: orNothing(text),
  revisionAfter: orNothing(text),
  outcome: orNothing(oneOf('done', 'failed')),
  error: orNothing(text),
  group: orNothing(text),
  plan: (value) => value === undefined || plan(value),
});

const nothing = {
  hook: null,
  netnsInode: null,
  ifindex: null,
  cgroupId: null,
  program: null,
  object: null,
  digest: null,
  function: null,
  policyProgram: null,
  replaced: null,
  link: null,
  pin: null,
  revisionBefore: null,
  revisionAfter: null,
  outcome: null,
  error: null,
} as const;

/**
 * Makes a record of what a line of the journal holds; keys that earlier records lack are null.
 *
 * @returns null for what is no record: the journal is a file that anybody with the rights may write, so nothing of it is
 * believed that has not the form that mprog writes
 */
export function readJournalRecord(value: unknown): JournalRecord | null {
  return record(value) ? { ...nothing, ...(value as JournalRecord) } : null;
}

import { setImmediate, setTimeout } from 'node:timers/promises';
import { MprogError } from '@mprog/core';
import type { AttachOptions, HookState } from '@mprog/manager';
import { type HookOutcome, type HookPlan, requirePolicy } from '@mprog/manager/policy';
import { wrap } from '../command-line/wrap.js';
import { renderHookOutcome } from '../render/hook-outcome.js';
import type { Output } from '../render/output.js';
import { renderHookPlans, summary } from '../render/policy-plan.js';
import { chainPicture, type MemberRuns } from './chain-picture.js';
import { firstPolicy, secondPolicy } from './policies.js';
import { openStage, type Stage } from './stage.js';

/** Packets that go through the chain after each change. */
const PACKETS = 100;
const INTERRUPTED = 130;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How the demo runs. */
export interface DemoOptions {
  readonly output: Output;
  /** Tells the story on the simulated kernel even where the real one can be used. */
  readonly simulated: boolean;
  /** Milliseconds between two chapters, for somebody who watches; 0 by default. */
  readonly pause?: number;
}

/**
 * Puts programs in order on one hook, stated only by before and after, and shows what each change does to packets.
 *
 * On the real kernel everything happens in a private network namespace, which vanishes with the process. A signal ends
 * the demo between two chapters; what it made is removed all the same.
 *
 * @returns exit status
 */
export async function runDemo({ output, simulated, pause = 0 }: DemoOptions): Promise<number> {
  const missing = simulated ? 'asked for' : await missingRight();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await tell(output, missing, pause, interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
  if (interruption.signal.aborted) {
    output.lines('', 'Interrupted; everything that the demo made is removed.');
    return INTERRUPTED;
  }
  output.lines('', `Nothing is left. ${output.style.faint('Next: npx mprog help attach')}`);
  return 0;
}

/** Tells the story up to its end or to an interruption; when it returns, the stage is gone. */
async function tell(
  output: Output,
  missing: string | null,
  pause: number,
  interruption: AbortSignal,
): Promise<void> {
  using stage = await openStage(missing === null);
  introduce(stage, missing, output);
  for (const chapter of new Story(stage, output).chapters()) {
    chapter();
    // A signal that came during a chapter is delivered for certain only between two immediates.
    await setImmediate();
    await setImmediate();
    if (pause > 0) await setTimeout(pause, undefined, { signal: interruption }).catch(() => {});
    if (interruption.aborted) return;
  }
}

async function missingRight(): Promise<string | null> {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  const { missingOnLinux } = await import('@mprog/kernel/linux');
  const missing = missingOnLinux('laboratory');
  return missing === null ? null : `a private network namespace ${missing.split(';')[0]}`;
}

function introduce(stage: Stage, missing: string | null, output: Output): void {
  const { style } = output;
  const { kernel } = stage.kernel.host.world;
  output.lines(style.strong('Many programs on one hook, in an order that nobody has to number'), '');
  const where = stage.real
    ? `On ${kernel}, in a private network namespace with a veth pair; packets are real, and nothing is left when this ends.`
    : `On the simulated kernel with simulated packets: the real one is not used here (${missing}).`;
  const [line = '', ...rest] = wrap(where, output.textWidth, 0);
  output.lines(line.replace('simulated', style.caution('simulated')), ...rest);
}

/** The chapters of the demo; each shows the command that a person would type, does what it does, and shows what came of it. */
class Story {
  readonly #stage: Stage;
  readonly #output: Output;
  readonly #runs: Map<number, number> = new Map();
  /** Entries of the history, the youngest last. */
  readonly #entries: string[] = [];
  #chapter = 0;

  constructor(stage: Stage, output: Output) {
    this.#stage = stage;
    this.#output = output;
  }

  *chapters(): Generator<() => void> {
    using statistics = this.#stage.kernel.enableStatistics();
    yield () => {
      this.#say('Three agents, three programs, one order', 'Each says only beside whom it wants to stand.');
      this.#attach('audit.bpf.o:audit_in', {});
      this.#attach('firewall.bpf.o', { before: ['name:audit_in'], link: true });
      this.#attach('telemetry.bpf.o', { before: ['name:audit_in', 'name:firewall'] });
      this.#send();
    };
    yield () => {
      this.#say(
        'A program that ends the chain',
        'It returns PASS: the packet is accepted, and nobody behind it sees it.',
      );
      this.#attach('stop.bpf.o', { after: ['name:telemetry'], before: ['name:firewall'] });
      this.#send();
    };
    yield () => {
      this.#say(
        'A stale revision',
        'Somebody decides on what the chain was a moment ago; the kernel refuses.',
      );
      const stale = Number(this.#hook().revision) - 1;
      this.#refused('long-name.bpf.o', { first: true, revision: stale });
    };
    yield () => {
      this.#say(
        'An order that cannot be',
        'mprog names the two that contradict, before anything is touched.',
      );
      this.#refused('long-name.bpf.o', { before: ['name:telemetry'], after: ['name:firewall'] });
    };
    yield () => {
      this.#say('A replacement in place', 'No gap, no wait: the next packet meets the other program.');
      this.#attach('long-name.bpf.o', { replace: 'name:stop' });
      this.#send();
    };
    yield () => {
      this.#say('And all of it away again', '');
      for (const { program } of this.#hook().attachments) {
        this.#command(`detach ${this.#stage.hook} id:${program.id}`);
        this.#stage.manager.detach(this.#stage.hook, `id:${program.id}`);
      }
      this.#sayEmpty();
    };
    yield () => {
      this.#say(
        'The order said once',
        'A policy names programs and their order; plan shows what that means here, apply does it.',
      );
      this.#apply(firstPolicy, true);
      this.#send();
    };
    yield () => {
      this.#say(
        'Another order, and a newer firewall',
        'The newer version takes its place without a wait; what moves is in the chain all the time.',
      );
      this.#apply(secondPolicy, false);
      this.#send();
    };
    yield () => {
      this.#say('And undone', 'What was taken off a hook is kept, so the way back is a plan like any other.');
      this.#undo();
      this.#send();
      this.#output.lines('');
      this.#undo();
      statistics.close();
      this.#output.lines('');
      this.#sayEmpty();
    };
  }

  #sayEmpty(): void {
    const { attachments, revision } = this.#hook();
    this.#output.lines(`  ${attachments.length} programs on ${this.#stage.hook}, revision ${revision}`);
  }

  #apply(text: string, whole: boolean): void {
    const { policies, objects } = this.#stage;
    const { style } = this.#output;
    const lines = text.trimEnd().split('\n');
    this.#output.lines(
      `  ${style.faint('$')} cat demo.yaml`,
      ...lines.map((line) => style.faint(`    ${line}`)),
    );
    const { policy } = requirePolicy({
      bytes: new TextEncoder().encode(text),
      file: 'demo.yaml',
      directory: objects,
    });
    const work = policies.plan(policy);
    if (whole) this.#command('plan demo.yaml');
    else this.#command('apply demo.yaml --yes');
    this.#planned(work.plan.hooks, work.plan.changes);
    if (whole) this.#command('apply demo.yaml --yes');
    this.#carriedOut(policies.apply(work));
  }

  #undo(): void {
    const { policies } = this.#stage;
    const entry = this.#entries.pop();
    this.#command(`undo ${entry} --yes`);
    const work = policies.planUndo(entry);
    this.#planned(work.plan.hooks, work.plan.changes);
    this.#carriedOut(policies.undo(work), false);
  }

  #planned(hooks: readonly HookPlan[], changes: boolean): void {
    const { style } = this.#output;
    const blocks = [...renderHookPlans(hooks, style).slice(1), [summary(hooks, changes)]];
    for (const line of blocks.flatMap((block) => ['', ...block])) this.#output.lines(...this.#fitted(line));
    this.#output.lines('');
  }

  #carriedOut(outcomes: Iterable<HookOutcome>, remember = true): void {
    for (const outcome of outcomes) {
      for (const line of renderHookOutcome(outcome, this.#output.style)) this.#output.lines(`  ${line}`);
      if (outcome.error !== null) throw new MprogError(outcome.error.code, outcome.error.message);
    }
    const [last] = this.#stage.policies.history(this.#stage.hook).entries;
    if (remember && last !== undefined) this.#entries.push(last.entry);
    for (const { program } of this.#hook().attachments) this.#stage.enact(program);
  }

  /** A line of a plan, indented and broken to the width of the terminal. */
  #fitted(line: string): string[] {
    if (line === '') return [''];
    const indent = line.length - line.trimStart().length + 2;
    const [first = '', ...rest] = wrap(line.trim(), this.#output.textWidth - indent, 0);
    return [first, ...rest.map((part) => `   ${part}`)].map((part) => ' '.repeat(indent) + part);
  }

  #say(title: string, text: string): void {
    const { style } = this.#output;
    this.#chapter++;
    this.#output.lines(
      '',
      style.strong(`${this.#chapter}. ${title}`),
      ...(text === '' ? [] : wrap(text, this.#output.textWidth, 3)),
      '',
    );
  }

  #command(text: string): void {
    const { style, textWidth } = this.#output;
    const [first = '', ...rest] = wrap(`mprog ${text}`, textWidth - 2, 6);
    const lines = [`  ${style.faint('$')} ${first.trimStart()}`, ...rest];
    this.#output.lines(...lines.map((line, index) => (index < rest.length ? `${line} \\` : line)));
  }

  #attach(object: string, options: AttachOptions): void {
    this.#command(describe(this.#stage.hook, object, options));
    const { program } = this.#stage.manager.attach(this.#stage.hook, object, options);
    if (program !== null) this.#stage.enact(program);
  }

  #refused(object: string, options: AttachOptions): void {
    const { style } = this.#output;
    this.#command(describe(this.#stage.hook, object, options));
    try {
      this.#stage.manager.attach(this.#stage.hook, object, options);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      const width = Math.min(this.#output.textWidth, 100);
      const [first = '', ...rest] = wrap(`mprog: ${error.message}`, width, 4);
      this.#output.lines(first.replace('mprog:', style.bad('mprog:')), ...rest);
      return;
    }
    throw new MprogError('ERR_DEMO', 'show a refusal: nothing was refused');
  }

  #send(): void {
    const { style, columns } = this.#output;
    this.#stage.send(PACKETS);
    const hook = this.#hook();
    this.#output.lines(
      '',
      `  ${PACKETS} packets:`,
      '',
      ...chainPicture(hook, this.#count(hook), PACKETS, { style, width: columns }),
    );
  }

  #hook(): HookState {
    const [hook] = this.#stage.manager.show(this.#stage.hook).hooks;
    if (hook === undefined) throw new MprogError('ENOENT', `show ${this.#stage.hook}: it is gone`);
    return hook;
  }

  #count(hook: HookState): ReadonlyMap<number, MemberRuns> {
    const counted = new Map<number, MemberRuns>();
    for (const { program } of hook.attachments) {
      using opened = this.#stage.kernel.programs.open(program.id);
      const total = this.#stage.kernel.programs.info(opened.fd).runCount;
      counted.set(program.id, { total, fresh: total - (this.#runs.get(program.id) ?? 0) });
      this.#runs.set(program.id, total);
    }
    return counted;
  }
}

function describe(hook: string, object: string, options: AttachOptions): string {
  const { first, before = [], after = [], replace, link, revision } = options;
  return [
    `attach ${hook} ${object}`,
    ...(first ? ['--first'] : []),
    ...after.map((reference) => `--after ${reference}`),
    ...before.map((reference) => `--before ${reference}`),
    ...(replace === undefined ? [] : [`--replace ${replace}`]),
    ...(link ? ['--link'] : []),
    ...(revision === undefined ? [] : [`--revision ${revision}`]),
  ].join(' ');
}

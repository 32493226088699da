import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chain } from '@mprog/core';
import type { Benchmark, Effort, Row, Table } from '../benchmark.js';
import { CProgram, type Started } from '../c-program.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';
import { ENTRY } from './entry.js';
import { operationTapes } from './operation-tapes.js';
import { randomTape } from './random-tape.js';
import { replayTape, transcribeTape } from './replay.js';

const LENGTH = 65_536;
const OWN = 'attach, detach, query';
const C = 'C';
const C_AS_KERNEL = 'C, as the kernel does it';

/** G1: tapes of operations, beside the same rules in C. */
export const engine: Benchmark = {
  goals: ['G1'],
  minutes: 1,
  title: 'engine: tapes of operations, beside C',
  async run(effort) {
    const started = CProgram.start('engine');
    try {
      const tables = [
        await measureTape('random tape', randomTape(LENGTH, false), started, effort, 1),
        await measureTape('all-valid tape', randomTape(LENGTH, true), started, effort, 1),
      ];
      const rows: Row[] = [];
      for (const [name, tape] of operationTapes(LENGTH)) {
        const { rows: measured } = await measureTape(name, tape, started, effort, 1.6);
        const own = measured.find((row) => row.name === OWN);
        if (own !== undefined) rows.push({ ...own, name });
      }
      return [...tables, { title: 'single operations', rows }];
    } finally {
      started.program?.close();
    }
  },
};

async function measureTape(
  title: string,
  tape: Int32Array,
  { program, skipped }: Started,
  effort: Effort,
  limit: number,
): Promise<Table> {
  const passes = Math.max(1, Math.round(20 * effort.scale));
  const operations = passes * (tape.length / ENTRY);
  let check = 0;
  const own: Contender = {
    name: OWN,
    pass: () => {
      check = 0;
      const time = cpuTime(() => {
        for (let i = 0; i < passes; i++) check = (check + replayTape(tape, new Chain())) >>> 0;
      });
      return time / operations;
    },
  };
  for (let i = 0; i < 60 * effort.scale; i++) replayTape(tape, new Chain());
  if (program === undefined) {
    const samples = await interleave([own], effort);
    return {
      title,
      rows: [compare(samples, OWN, undefined, { skipped })],
    };
  }
  const path = join(program.folder, 'tape');
  writeFileSync(path, new Uint8Array(tape.buffer));
  const transcript = transcribeTape(tape);
  const other = async (name: string, style: string): Promise<Contender> => {
    const theirs = await program.ask(`${path} 0 ${style}`);
    if (theirs !== transcript) throw new Error(`${title}: ${name} comes to other results`);
    own.pass();
    return {
      name,
      pass: async () => {
        const [time, theirCheck] = (await program.ask(`${path} ${passes} ${style}`)).split(' ').map(Number);
        if (theirCheck !== check) throw new Error(`${title}: check numbers ${check} and ${theirCheck}`);
        return (time as number) / operations;
      },
    };
  };
  const contenders = [await other(C, 'plain'), await other(C_AS_KERNEL, 'kernel'), own];
  const samples = await interleave(contenders, effort);
  return {
    title,
    rows: [
      compare(samples, C),
      compare(samples, C_AS_KERNEL, C),
      compare(samples, OWN, C, { limit }),
      compare(samples, OWN, C_AS_KERNEL),
    ],
  };
}

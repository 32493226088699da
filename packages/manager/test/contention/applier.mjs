// One of several processes that apply policies to the same hook again and again. It is told in its first argument what to do,
// says when it is ready, begins at the end of standard input, and answers with what came of each apply.
import { readFileSync } from 'node:fs';
import { Kernel } from '@mprog/kernel';
import { openLinux } from '@mprog/kernel/linux';
import { PolicyManager } from '@mprog/manager/policy';
import { performTask } from '../crash/perform-task.mjs';

const { stateDirectory, directories, rounds } = JSON.parse(process.argv[2]);
const host = openLinux();
const manager = new PolicyManager({ kernel: new Kernel(host), stateDirectory });
process.stdout.write('ready\n');
readFileSync(0);

const outcomes = [];
for (let round = 0; round < rounds; round++) {
  for (const directory of directories) {
    outcomes.push(...performTask(manager, { kind: 'apply', directory, force: false }));
  }
}
process.stdout.write(JSON.stringify(outcomes));
host.close();

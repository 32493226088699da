import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that takes part: its script, relative to this file, and what it is told. */
export interface Contender {
  readonly script: string;
  readonly order: unknown;
}

/** Starts processes in the namespaces of this thread, lets them begin together, and gives what each answered. */
export async function contend(contenders: readonly Contender[]): Promise<readonly unknown[]> {
  const children = contenders.map(({ script, order }) => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    return spawn(process.execPath, [path, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] });
  });
  const answers = children.map(() => '');
  const ended = children.map(async (child, i) => {
    for await (const text of child.stdout) {
      answers[i] += text;
      if (answers.every((answer) => answer.startsWith('ready\n')))
        for (const { stdin } of children) stdin.end();
    }
  });
  await Promise.all(ended);
  return answers.map((answer) => JSON.parse(answer.slice('ready\n'.length)));
}

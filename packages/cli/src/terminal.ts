import { textStream } from './text-stream.js';

/** One of the two streams that a command writes to. */
export interface TextStream {
  readonly isTerminal: boolean;
  /** Characters in a line; infinite where nothing has to fit. */
  readonly columns: number;
  write(text: string): void;
}

/** What a command reads. */
export interface InputStream {
  readonly isTerminal: boolean;
  /**
   * Reads it to its end.
   *
   * @param limit bytes to stop behind; what comes after them is not read
   */
  read(limit: number): Promise<Uint8Array>;
}

/** What surrounds a command: its streams and its environment. */
export interface Terminal {
  readonly stdin: InputStream;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks a question that is answered by yes or no, on stderr; both it and stdin have to be terminals. */
  ask(question: string, colors: boolean): Promise<boolean>;
}

/** The streams of this process. */
export function processTerminal(): Terminal {
  return {
    stdin: inputStream(),
    stdout: textStream(1, () => process.stdout),
    stderr: textStream(2, () => process.stderr),
    environment: process.env,
    ask,
  };
}

/** No answer, by ctrl-C or ctrl-D for example, is no. */
async function ask(question: string, colors: boolean): Promise<boolean> {
  // The only word that the library takes.
  if (!colors) process.env.NO_COLOR = '1';
  const { confirm } = await import('@clack/prompts');
  // A terminal that tells no size would get a line for each character.
  process.stderr.columns ||= 80;
  const streams = { input: process.stdin, output: process.stderr };
  // By ctrl-D the library would stop reading and never answer, and the process would end as if all was done.
  const ended = new AbortController();
  const onKey = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if (key?.ctrl === true && key.name === 'd') ended.abort();
  };
  process.stdin.on('keypress', onKey);
  try {
    const asked = { message: question, initialValue: false, signal: ended.signal, ...streams };
    return (await confirm(asked)) === true;
  } finally {
    process.stdin.off('keypress', onKey);
  }
}

function inputStream(): InputStream {
  return {
    // The stream itself is made by the first look at it, which costs a start-up that most commands need not pay.
    get isTerminal() {
      return process.stdin.isTTY === true;
    },
    async read(limit) {
      const parts: Uint8Array[] = [];
      let length = 0;
      for await (const part of process.stdin) {
        parts.push(part);
        length += part.length;
        if (length > limit) break;
      }
      return Buffer.concat(parts);
    },
  };
}

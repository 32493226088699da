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

/** The streams of this process; a reader that went away (`mprog ls | head -1`) ends the output, not the command. */
export function processTerminal(): Terminal {
  return {
    stdin: inputStream(),
    stdout: textStream(process.stdout),
    stderr: textStream(process.stderr),
    environment: process.env,
    ask,
  };
}

/** No answer, by ctrl-C for example, is no. */
async function ask(question: string, colors: boolean): Promise<boolean> {
  // The only word that the library takes.
  if (!colors) process.env.NO_COLOR = '1';
  const { confirm } = await import('@clack/prompts');
  // A terminal that tells no size would get a line for each character.
  process.stderr.columns ||= 80;
  const streams = { input: process.stdin, output: process.stderr };
  return (await confirm({ message: question, initialValue: false, ...streams })) === true;
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

function textStream(stream: NodeJS.WriteStream): TextStream {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!gone && error.code !== 'EPIPE') failWriting(error);
    gone = true;
  });
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    write(text) {
      if (!gone) stream.write(text);
    },
  };
}

/** A full disk behind `>` is told once; the command has done what it did by then. */
function failWriting({ message }: Error): void {
  process.stderr.write(`mprog: write the answer: ${message}\n`);
  process.once('exit', () => {
    process.exitCode ||= 1;
  });
}

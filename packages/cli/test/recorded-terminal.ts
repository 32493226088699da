import type { Terminal } from '../src/terminal.js';

/** A terminal that remembers what was written to it. */
export interface RecordedTerminal extends Terminal {
  /** What went to stdout. */
  written(): string;
  /** What went to stderr. */
  complained(): string;
}

/**
 * @param options `columns`: both streams are terminals of this width; without it they are pipes. `input`: what comes
 * through the standard input, a pipe. `answer`: the standard input is a terminal too, and questions are answered so
 */
export function recordedTerminal(
  options: {
    readonly columns?: number;
    readonly environment?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly answer?: boolean;
  } = {},
): RecordedTerminal {
  const out: string[] = [];
  const complaints: string[] = [];
  const stream = (texts: string[]) => ({
    isTerminal: options.columns !== undefined,
    columns: options.columns ?? Number.POSITIVE_INFINITY,
    write: (text: string) => void texts.push(text),
  });
  return {
    stdin: { isTerminal: options.answer !== undefined, read: async () => Buffer.from(options.input ?? '') },
    stdout: stream(out),
    stderr: stream(complaints),
    environment: options.environment ?? {},
    ask: async (question) => {
      if (options.answer === undefined) throw new Error(`nobody can answer: ${question}`);
      complaints.push(`${question}\n`);
      return options.answer;
    },
    written: () => out.join(''),
    complained: () => complaints.join(''),
  };
}

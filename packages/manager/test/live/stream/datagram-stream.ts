import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Laboratory } from '@mprog/kernel';

/** Name of the device that the stream comes in by. */
export const STREAM_DEVICE = 'stream0';

const OTHER_END = 'stream1';
const ADDRESS = '10.77.0.1';
const OTHER_ADDRESS = '10.77.0.2';
const MAC = '02:00:00:77:00:01';
const OTHER_MAC = '02:00:00:77:00:02';
/** One even and one odd. */
const PORTS = [9000, 9001] as const;
/** Datagrams to each port a millisecond, at the most. */
const BURST = 4;

/** Datagrams to the even and to the odd port. */
export interface Datagrams {
  readonly even: number;
  readonly odd: number;
}

/** A process that answers a line with a line. */
interface Talker {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: Interface;
}

/**
 * A steady stream of UDP datagrams from a process in a namespace of its own, through a veth pair, to sockets of another
 * process in the namespace of the laboratory.
 */
export class DatagramStream implements AsyncDisposable {
  readonly ifindex: number;
  readonly #sender: Talker;
  readonly #receiver: Talker;

  private constructor(ifindex: number, sender: Talker, receiver: Talker) {
    this.ifindex = ifindex;
    this.#sender = sender;
    this.#receiver = receiver;
  }

  /**
   * Adds the device and the sockets; nothing is sent yet.
   *
   * @param milliseconds the longest that the stream lasts
   */
  static async open(laboratory: Laboratory, milliseconds: number): Promise<DatagramStream> {
    const { world } = laboratory.host;
    const inode = laboratory.addNamespace();
    // A process begins in the namespaces of the thread that starts it.
    const sender = world.within({ inode }, () =>
      talk('sender.mjs', { address: ADDRESS, ports: PORTS, burst: BURST, milliseconds }),
    );
    await answer(sender);
    ip(
      `link add ${STREAM_DEVICE} address ${MAC} type veth peer name ${OTHER_END} address ${OTHER_MAC} netns ${sender.child.pid}`,
      `address add ${ADDRESS}/24 dev ${STREAM_DEVICE}`,
      `link set ${STREAM_DEVICE} up`,
    );
    world.within({ inode }, () =>
      ip(
        `address add ${OTHER_ADDRESS}/24 dev ${OTHER_END}`,
        `link set ${OTHER_END} up`,
        `neighbour replace ${ADDRESS} lladdr ${MAC} dev ${OTHER_END}`,
      ),
    );
    const receiver = talk('receiver.mjs', { address: ADDRESS, ports: PORTS });
    await answer(receiver);
    const device = world.devices().find(({ name }) => name === STREAM_DEVICE)!;
    return new DatagramStream(device.ifindex, sender, receiver);
  }

  /** Lets the datagrams flow. */
  start(): void {
    this.#sender.child.stdin.write('start\n');
  }

  /** Datagrams that arrived at the sockets so far. */
  async arrived(): Promise<Datagrams> {
    const answered = answer(this.#receiver);
    this.#receiver.child.stdin.write('count\n');
    return datagrams(await answered);
  }

  /** Ends the stream; returns what was sent. */
  async stop(): Promise<Datagrams> {
    const answered = answer(this.#sender);
    this.#sender.child.stdin.end();
    return datagrams(await answered);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of [this.#sender, this.#receiver]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}

/** Why there can be no stream here, in one line; null when there can. */
export function streamReason(): string | null {
  return spawnSync('ip', ['-V']).status === 0 ? null : 'ip is not installed';
}

function talk(script: string, task: object): Talker {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(task)], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  return { child, lines: createInterface({ input: child.stdout }) };
}

async function answer({ child, lines }: Talker): Promise<string> {
  const ended = new AbortController();
  const line = once(lines, 'line', { signal: ended.signal });
  const exit = () => ended.abort(new Error(`a process of the stream ended with ${child.exitCode}`));
  child.once('exit', exit);
  try {
    return (await line)[0];
  } finally {
    child.off('exit', exit);
  }
}

function datagrams(line: string): Datagrams {
  const [even = 0, odd = 0] = JSON.parse(line) as readonly number[];
  return { even, odd };
}

function ip(...commands: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', ['-batch', '-'], {
    input: commands.join('\n'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ip: ${stderr}`);
}

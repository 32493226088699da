// Counts the UDP datagrams that arrive at each of some ports. It answers every line of standard input with the counts, and
// ends with it. What the kernel had to drop since this process was too slow has arrived all the same.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { address, ports } = JSON.parse(process.argv[2]);
const received = ports.map(() => 0);
for (const [index, port] of ports.entries()) {
  const socket = createSocket('udp4', () => {
    received[index]++;
  });
  socket.bind(port, address);
  await once(socket, 'listening');
}
process.stdout.write('ready\n');

/** The last column of /proc/net/udp, by local port. */
function dropped() {
  const lines = readFileSync('/proc/self/net/udp', 'utf8').trim().split('\n').slice(1);
  const drops = new Map(
    lines.map((line) => {
      const words = line.trim().split(/\s+/);
      return [Number.parseInt(words[1].split(':')[1], 16), Number(words.at(-1))];
    }),
  );
  return ports.map((port) => drops.get(port) ?? 0);
}

for await (const _ of createInterface({ input: process.stdin })) {
  const drops = dropped();
  process.stdout.write(`${JSON.stringify(received.map((count, index) => count + drops[index]))}\n`);
}
process.exit(0);

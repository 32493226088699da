// Sends a steady stream of UDP datagrams to an even and an odd port in turn, until standard input ends or its time is up,
// and answers with how many it sent to each. Its first line says that it runs, so that a device can be moved to it; the
// first line that it is told says that the device is there.
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';

const { address, ports, burst, milliseconds } = JSON.parse(process.argv[2]);
const sent = ports.map(() => 0);
const payload = Buffer.alloc(32);
let isOver = false;

process.stdout.write('ready\n');
const lines = createInterface({ input: process.stdin });
lines.once('close', () => {
  isOver = true;
});
await new Promise((resolve) => lines.once('line', resolve));

const socket = createSocket('udp4');
const end = performance.now() + milliseconds;
while (!isOver && performance.now() < end) {
  const round = Array.from({ length: burst }, () =>
    ports.map(
      (port, index) =>
        new Promise((resolve) =>
          socket.send(payload, port, address, (error) => {
            if (error === null) sent[index]++;
            resolve();
          }),
        ),
    ),
  );
  await Promise.all(round.flat());
  await new Promise((resolve) => setTimeout(resolve, 1));
}
socket.close();
lines.close();
process.stdin.destroy();
process.stdout.write(`${JSON.stringify(sent)}\n`);

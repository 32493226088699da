// Holds each link of the machine for a moment, again and again, as listings do, until standard input ends.
import { Kernel } from '@mprog/kernel';
import { openLinux } from '@mprog/kernel/linux';

const { links } = new Kernel(openLinux());

function walk() {
  for (const id of links.ids()) {
    try {
      const link = links.open(id);
      links.info(link.fd);
      link.close();
    } catch {
      // It ended in the meantime.
    }
  }
}

process.stdin.on('end', () => process.exit()).resume();
process.stdout.write('ready\n');
setInterval(() => {
  const end = performance.now() + 200;
  while (performance.now() < end) walk();
});

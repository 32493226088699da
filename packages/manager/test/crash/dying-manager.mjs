// A process that applies a policy, moves a program or undoes an entry, and kills itself with SIGKILL at the change of the
// kernel or its pins that it is told by number. It exits by itself when there are fewer.
import { Kernel } from '@mprog/kernel';
import { PolicyManager } from '@mprog/manager/policy';
import { doomedHost } from './doomed-host.mjs';
import { performTask } from './perform-task.mjs';

const { host: hostFile, stateDirectory, task, point } = JSON.parse(process.argv[2]);
const opened =
  hostFile === null
    ? (await import('@mprog/kernel/linux')).openLinux()
    : (await import('@mprog/kernel/simulated-file')).openSimulatedFile(hostFile);
const { host } = doomedHost(opened, { ...point, die: () => process.kill(process.pid, 'SIGKILL') });
const outcomes = performTask(new PolicyManager({ kernel: new Kernel(host), stateDirectory }), task);
process.stdout.write(JSON.stringify(outcomes));
opened.close();

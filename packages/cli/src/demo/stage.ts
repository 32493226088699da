import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Kernel, type Laboratory, verdict } from '@mprog/kernel';
import { type ChangeProgram, Manager } from '@mprog/manager';
import { PolicyManager } from '@mprog/manager/policy';

/** What the demo's programs return, for the simulated kernel, which does not run instructions. */
const verdicts: Readonly<Record<string, number>> = { stop: verdict.PASS };
const FOLDER = 'mprog-demo-';
const DEVICE = 'demo0';

/** A private world with one device, where programs are attached and packets sent; `close()` leaves nothing behind. */
export interface Stage extends Disposable {
  /** Name of the hook that the story is about. */
  readonly hook: string;
  /** Whether its kernel is the real one. */
  readonly real: boolean;
  readonly manager: Manager;
  readonly policies: PolicyManager;
  /** Directory of the objects, which policies name. */
  readonly objects: string;
  readonly kernel: Kernel;
  /** Lets a program that was attached do what its instructions say, where the kernel cannot run them. */
  enact(program: Pick<ChangeProgram, 'id' | 'name'>): void;
  /** Sends packets that the device receives. */
  send(count: number): void;
  close(): void;
}

/**
 * Sets the stage on the real kernel or on a simulated one.
 *
 * @throws MprogError when the real kernel cannot be used
 */
export async function openStage(real: boolean): Promise<Stage> {
  const { laboratory, enact } = real ? await realLaboratory() : await simulatedLaboratory();
  const directory = process.cwd();
  let state: string | undefined;
  const close = () => {
    laboratory.close();
    process.chdir(directory);
    if (state !== undefined) rmSync(state, { recursive: true, force: true });
  };
  try {
    sweep();
    // So that the commands that are shown name the objects as they are.
    const objects = fileURLToPath(new URL('.', import.meta.resolve('@mprog/kernel/objects/stop.bpf.o')));
    process.chdir(objects);
    state = mkdtempSync(join(tmpdir(), `${FOLDER}${process.pid}-`));
    const ifindex = laboratory.addDevice(DEVICE);
    const kernel = new Kernel(laboratory.host);
    return {
      hook: `tcx/ingress@${DEVICE}`,
      real,
      kernel,
      manager: new Manager({ kernel, stateDirectory: state }),
      policies: new PolicyManager({ kernel, stateDirectory: state }),
      objects,
      enact,
      send: (count) => {
        for (let i = 0; i < count; i++) laboratory.sendPacket(ifindex, 'ingress');
      },
      close,
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function realLaboratory(): Promise<{ laboratory: Laboratory; enact: Stage['enact'] }> {
  const { openLinuxLaboratory } = await import('@mprog/kernel/linux');
  return { laboratory: openLinuxLaboratory(), enact: () => {} };
}

async function simulatedLaboratory(): Promise<{ laboratory: Laboratory; enact: Stage['enact'] }> {
  const { SimulatedLaboratory } = await import('@mprog/kernel/simulated');
  const laboratory = new SimulatedLaboratory();
  const enact: Stage['enact'] = ({ id, name }) => {
    if (id === null) return;
    const value = verdicts[name ?? ''] ?? verdict.NEXT;
    laboratory.kernel.setBehaviour(id, () => value);
  };
  return { laboratory, enact };
}

/** Removes what a killed demo of this user has left. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${FOLDER}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // It belongs to another user, who may clear it away.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

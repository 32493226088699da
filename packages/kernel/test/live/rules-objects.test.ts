import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { info } from '../../src/abi/info.js';
import type { Laboratory, LoadedObject } from '../../src/index.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { SimulatedLaboratory } from '../../src/simulated/index.js';
import { RawCalls } from '../suites/raw-calls.js';
import { liveSuite } from './requirements.js';

const directory = new URL('../../objects/', import.meta.url);
/** The verifier refuses the first one, the second one needs a type. */
const refused = ['rejected.bpf.o', 'unknown-section.bpf.o'];
const names = readdirSync(directory).filter((name) => name.endsWith('.o') && !refused.includes(name));

/** What a load shows of itself, without numbers that differ between kernels. */
function describeLoad(laboratory: Laboratory, loaded: LoadedObject): unknown {
  const raw = new RawCalls(laboratory.host);
  const layout = info.program;
  const programs = loaded.programs.map(({ fd, ...program }) => {
    raw.info(fd, layout.size);
    return {
      ...program,
      tag: Buffer.from(raw.bytes(layout.tag, 8)).toString('hex'),
      kernelName: Buffer.from(raw.bytes(layout.name, 16)).toString('latin1'),
      gpl: raw.u32(layout.gpl),
      maps: raw.u32(layout.mapCount),
      functions: raw.u32(layout.functionInfoCount),
      hasBtf: raw.u32(layout.btfId) !== 0,
    };
  });
  const maps = loaded.maps.map(({ fd, name }) => {
    raw.info(fd, info.map.size);
    const { type, keySize, valueSize, maxEntries, flags } = info.map;
    const kernelName = Buffer.from(raw.bytes(info.map.name, 16)).toString('latin1');
    const shape = [type, keySize, valueSize, maxEntries, flags].map((at) => raw.u32(at));
    raw.put(100, [0, 0, 0, 0]);
    const value = raw.call(1, 32, [
      [0, fd],
      [8, raw.at(100), 8],
      [16, raw.at(200), 8],
    ]);
    return { name, kernelName, shape, value, bytes: value === 0 ? [...raw.bytes(200, shape[2]!)] : null };
  });
  return { programs, maps };
}

liveSuite('objects on the simulated kernel and on the running one', () => {
  describe.each(names)('%s', (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, directory)));

    test('has the same programs, tags and maps on both', () => {
      using linux = openLinuxLaboratory();
      using simulated = new SimulatedLaboratory();
      expect(simulated.host.objects.inspect(bytes, name)).toEqual(linux.host.objects.inspect(bytes, name));
      expect(simulated.host.objects.inspectMaps(bytes, name)).toEqual(
        linux.host.objects.inspectMaps(bytes, name),
      );
      using real = linux.host.objects.load(bytes, { name });
      using model = simulated.host.objects.load(bytes, { name });
      expect(describeLoad(simulated, model)).toEqual(describeLoad(linux, real));
    });
  });
});

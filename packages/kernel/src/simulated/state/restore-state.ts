import { readBtf } from '../btf-reader.js';
import type { BtfObject } from '../objects/btf.js';
import type { MapObject, MapTypeInfo } from '../objects/map.js';
import type { ExtraInfo, ProgramObject } from '../objects/program.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { checkOwners } from './check-owners.js';
import { restoreCgroupHooks, restoreCgroups } from './restore-cgroups.js';
import { restoreDevices } from './restore-devices.js';
import { restoreHolders } from './restore-holders.js';
import { restoreLinks } from './restore-links.js';
import { restoreNetkit } from './restore-netkit.js';
import { known, readId, restoreTable } from './restore-table.js';
import { MAX_UPTIME, STATE_FORMAT, STATE_VERSION } from './simulated-state.js';
import { damaged, StateReader } from './state-reader.js';

const MAX_MAP = 0x7fff_f000;

/** Checks what a saved kernel says of itself, before anything else of it is read. */
export function readHeader(state: unknown): {
  readonly root: StateReader;
  readonly bootId: string;
  readonly bootTime: number;
  readonly netkit: boolean;
} {
  const root = new StateReader(state, 'state');
  if (root.field('format').raw() !== STATE_FORMAT) throw root.refuse('is no saved simulated kernel');
  const version = root.field('version').raw();
  if (version !== STATE_VERSION)
    throw root.refuse(`has version ${String(version)}, this program reads ${STATE_VERSION}`);
  return {
    root,
    bootId: root.field('bootId').text(/^[\w-]{1,64}$/),
    bootTime: root.field('bootTime').integer(0, Number.MAX_SAFE_INTEGER),
    netkit: root.field('netkit').boolean(),
  };
}

/**
 * Fills a fresh kernel that holds nothing yet.
 *
 * @throws MprogError `EBADMSG` for data that cannot be a saved kernel, naming the place
 */
export function restoreState(kernel: SimulatedKernel, root: StateReader): void {
  restoreTable(kernel.btfs, root.field('btfs'), readBtfObject);
  restoreTable(kernel.maps, root.field('maps'), (item) => readMap(kernel, item));
  restoreTable(kernel.programs, root.field('programs'), (item) => readProgram(kernel, item));
  fillProgramArrays(kernel, root.field('maps'));
  for (const program of kernel.programs.values()) {
    for (const map of program.maps) kernel.acquire(map);
    if (program.btf !== null) kernel.acquire(program.btf);
  }
  for (const { typeInfo } of kernel.maps.values()) if (typeInfo !== null) kernel.acquire(typeInfo.btf);
  restoreDevices(kernel, root);
  restoreNetkit(kernel, root);
  restoreCgroups(kernel, root);
  restoreLinks(kernel, root);
  restoreCgroupHooks(kernel, root);
  checkOwners(kernel, root);
  restoreHolders(kernel, root);
  for (const [name, table] of [
    ['program', kernel.programs],
    ['link', kernel.links],
    ['map', kernel.maps],
    ['BTF', kernel.btfs],
  ] as const) {
    for (const { id, references } of table.values()) {
      if (references === 0) throw damaged('state', `has the ${name} ${id}, which nothing holds`);
    }
  }
  for (const map of kernel.maps.values()) {
    if (map.users === 0 && map.programs.size > 0) {
      throw damaged('state', `has programs in map ${map.id}, which neither fd nor pin holds`);
    }
  }
}

function readBtfObject(item: StateReader): BtfObject {
  const bytes = item.field('bytes').bytes();
  if (readBtf(bytes) === null) throw item.refuse('is not BTF');
  return { kind: 'btf', id: readId(item.field('id')), bytes, references: 0 };
}

function readMap(kernel: SimulatedKernel, item: StateReader): MapObject {
  const typeInfo = item.field('typeInfo');
  const owner = item.field('owner');
  const keySize = item.field('keySize').integer(1, MAX_MAP);
  const valueSize = item.field('valueSize').integer(1, MAX_MAP);
  const values = new Map<string, Uint8Array>();
  for (const pair of item.field('values').items()) {
    const [key, value] = pair.tuple(2);
    const bytes = value!.bytes();
    if (bytes.length !== valueSize) throw value!.refuse(`is not ${valueSize} bytes long`);
    values.set(key!.text(new RegExp(`^(?:[0-9a-f]{2}){${keySize}}$`)), bytes);
  }
  return {
    kind: 'map',
    id: readId(item.field('id')),
    type: item.field('type').integer(1, 3),
    keySize,
    valueSize,
    maxEntries: item.field('maxEntries').integer(1),
    flags: item.field('flags').integer(),
    name: readName(item.field('name')),
    values,
    programs: new Map(),
    owner: owner.isNull
      ? null
      : {
          type: owner.field('type').integer(),
          expectedAttachType: owner.field('expectedAttachType').integer(),
        },
    typeInfo: typeInfo.isNull ? null : readTypeInfo(kernel, typeInfo),
    frozen: item.field('frozen').boolean(),
    references: 0,
    users: 0,
  };
}

function readTypeInfo(kernel: SimulatedKernel, item: StateReader): MapTypeInfo {
  const btf = item.field('btf');
  return {
    btf: known(kernel.btfs.get(readId(btf)), btf, 'BTF'),
    keyType: item.field('keyType').integer(),
    valueType: item.field('valueType').integer(1),
  };
}

function readProgram(kernel: SimulatedKernel, item: StateReader): ProgramObject {
  const instructions = item.field('instructions').bytes();
  if (instructions.length === 0 || instructions.length % 8 !== 0)
    throw item.refuse('has half an instruction');
  const btf = item.field('btf');
  return {
    kind: 'program',
    id: readId(item.field('id')),
    type: item.field('type').integer(1, 32),
    expectedAttachType: item.field('expectedAttachType').integer(),
    name: readName(item.field('name')),
    tag: item.field('tag').text(/^[0-9a-f]{16}$/),
    instructions,
    gpl: item.field('gpl').boolean(),
    loadTime: item.field('loadTime').integer(0, MAX_UPTIME),
    createdByUid: item.field('createdByUid').integer(),
    maps: item
      .field('maps')
      .items()
      .map((id) => known(kernel.maps.get(readId(id)), id, 'map')),
    btf: btf.isNull ? null : known(kernel.btfs.get(readId(btf)), btf, 'BTF'),
    functionInfo: readExtra(item.field('functionInfo')),
    lineInfo: readExtra(item.field('lineInfo')),
    references: 0,
    runCount: item.field('runCount').integer(0, Number.MAX_SAFE_INTEGER),
    runTime: item.field('runTime').integer(0, Number.MAX_SAFE_INTEGER),
    machineCode: null,
  };
}

function readExtra(item: StateReader): ExtraInfo {
  const recordSize = item.field('recordSize').integer(1, 252);
  const records = item.field('records').bytes();
  if (records.length % recordSize !== 0) throw item.refuse('has half a record');
  return { recordSize, records };
}

function fillProgramArrays(kernel: SimulatedKernel, saved: StateReader): void {
  for (const item of saved.field('items').items()) {
    const map = kernel.maps.get(readId(item.field('id')))!;
    for (const pair of item.field('programs').items()) {
      const [index, id] = pair.tuple(2);
      const program = known(kernel.programs.get(readId(id!)), id!, 'program');
      map.programs.set(index!.integer(0, map.maxEntries - 1), kernel.acquire(program));
    }
  }
}

function readName(item: StateReader): string {
  return item.text(/^[A-Za-z0-9_.À-ÖØ-öø-ÿ]{0,15}$/);
}

export type { Change, ChangeKind, ChangeLink, ChangeMember, ChangeProgram } from './change.js';
export type { Mark, Place, PlaceRequest } from './choose-place.js';
export { choosePlace } from './choose-place.js';
export type { Glob } from './glob.js';
export { compileGlob, escapeGlob } from './glob.js';
export type { HookGlob, HookWords } from './hook-glob.js';
export { hookGlob } from './hook-glob.js';
export type { HookName, LayerName } from './hook-name.js';
export { formatHookName, layers, parseHookName } from './hook-name.js';
export { Journal } from './journal.js';
export type { JournalIntent, JournalRecord, JournalResult } from './journal-record.js';
export { programTypeOfHook } from './layer-rules.js';
export type { ManagerOptions } from './make-context.js';
export { Manager } from './manager.js';
export type { ManagerErrorCode } from './manager-error.js';
export { formatNamespace, parseNamespace } from './namespace-name.js';
export { didYouMean, nearest } from './nearest.js';
export type {
  AttachOptions,
  ChainChangeOptions,
  ChangeOptions,
  DetachOptions,
  DetachTarget,
  InventoryOptions,
  LoadOptions,
  ShowOptions,
  UpdateLinkOptions,
} from './options.js';
export type { PacketRun, ProgramRun } from './packet-run.js';
export type { ProbedFeature, ProbeReport } from './probe-kernel.js';
export type { Reference } from './reference.js';
export { formatReference, parseReference, referenceForms } from './reference.js';
export type {
  AttachmentLink,
  AttachmentState,
  BehindHook,
  EffectiveAttachment,
  HookState,
  Inventory,
  LinkListing,
  LinkState,
  Listing,
  ProgramListing,
  ProgramListingEntry,
  ProgramState,
} from './state.js';
export { defaultStateDirectory } from './state-directory.js';

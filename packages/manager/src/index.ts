export type { Change, ChangeKind, ChangeLink, ChangeMember, ChangeProgram } from './change.js';
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
} from './host/state.js';
export { defaultStateDirectory } from './host/state-directory.js';
export { Journal } from './journal/journal.js';
export type { JournalIntent, JournalRecord, JournalResult } from './journal/journal-record.js';
export type { ManagerOptions } from './make-context.js';
export { Manager } from './manager.js';
export type { ManagerErrorCode } from './manager-error.js';
export type { Glob } from './names/glob.js';
export { compileGlob, escapeGlob } from './names/glob.js';
export type { HookGlob, HookWords } from './names/hook-glob.js';
export { hookGlob } from './names/hook-glob.js';
export type { HookName, LayerName } from './names/hook-name.js';
export { formatHookName, layers, parseHookName } from './names/hook-name.js';
export { formatNamespace, parseNamespace } from './names/namespace-name.js';
export { didYouMean, nearest } from './names/nearest.js';
export type { Reference } from './names/reference.js';
export { formatReference, parseReference, referenceForms } from './names/reference.js';
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
export type { Mark, Place, PlaceRequest } from './rules/choose-place.js';
export { choosePlace } from './rules/choose-place.js';
export { programTypeOfHook } from './rules/layer-rules.js';
export type { PacketRun, ProgramRun } from './view/packet-run.js';
export type { ProbedFeature, ProbeReport } from './view/probe-kernel.js';

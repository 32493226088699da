export type { ApplyOptions } from './apply/apply-policy.js';
export type { Move } from './apply/move-program.js';
export type { PolicyWork } from './apply/plan-policy.js';
export type { UndoPlan, UndoWork } from './apply/undo-entry.js';
export type { History, HistoryChange, HistoryEntry } from './history/history.js';
export type { ManagerOptions } from './make-context.js';
export type { SlotKind, Source, Strategy } from './planner/problem.js';
export type {
  HookOutcome,
  HookPlan,
  PlanBase,
  PlanError,
  PlanMember,
  PlanSign,
  PlanStep,
  PolicyPlan,
  ProgramPlan,
} from './plans/policy-plan-data.js';
export { formatSavedPlan, parseSavedPlan, requireSamePlan, type SavedPlan } from './plans/saved-plan.js';
export { type ExaminedPolicy, examinePolicy, requirePolicy } from './policy/examine-policy.js';
export { policyJsonSchema } from './policy/json-schema.js';
export type {
  Located,
  MatchRule,
  Policy,
  PolicyHook,
  PolicyMatch,
  PolicyObject,
  PolicyPinned,
  PolicyProgram,
} from './policy/policy.js';
export { formatPolicyProblem, type PolicyProblem, type PolicyProblemCode } from './policy/policy-problem.js';
export { openPolicySource, type PolicySource, standardInputPolicy } from './policy/policy-source.js';
export { type PolicyReading, readPolicy } from './policy/read-policy.js';
export {
  type HookResolution,
  type HostLook,
  type ResolvedHook,
  resolveHooks,
} from './policy/resolve-hooks.js';
export { type ExportedPolicy, PolicyManager } from './policy-manager.js';
export type { MoveOptions } from './problems/move-problem.js';
export type {
  DesiredObject,
  DesiredPinned,
  DesiredProgram,
  ProgramVersion,
} from './programs/desired-program.js';
export { type DesiredPrograms, desiredPrograms } from './programs/desired-programs.js';
export { type Identity, identities } from './programs/identity.js';
export { loadDesired, type ReadyProgram } from './programs/load-desired.js';
export type { MapPlan } from './programs/plan-maps.js';

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
} from './apply/policy-plan-data.js';
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

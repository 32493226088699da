import { z } from 'zod';
import { policySchema } from './schema.js';

/** The shape of a policy as JSON Schema (draft 7, which editors of YAML read), with a description of each key. */
export function policyJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(policySchema, { target: 'draft-7', io: 'input', reused: 'inline' });
}

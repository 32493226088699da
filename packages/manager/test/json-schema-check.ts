type Schema = Readonly<Record<string, unknown>>;

/** Keywords that say nothing about what is valid. */
const annotations: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'default']);

/**
 * Checks a value against a JSON Schema, as far as the keywords of draft 7 go that are used here.
 *
 * @returns paths of what is wrong with their keywords, `/hooks/0 anyOf`; none for a valid value
 * @throws Error for a keyword that it does not know
 */
export function checkJson(schema: Schema, value: unknown, path = ''): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (annotations.has(keyword)) return [];
    const check = keywords[keyword] as Check<unknown> | undefined;
    if (check === undefined) throw new Error(`${path}: the check knows no keyword ${keyword}`);
    return check(rule, value, path, schema) ? [] : [`${path} ${keyword}`];
  });
}

type Check<Rule> = (rule: Rule, value: unknown, path: string, schema: Schema) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fits = (schema: Schema, value: unknown, path: string) => checkJson(schema, value, path).length === 0;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};

const keywords: Readonly<Record<string, Check<never>>> = {
  type: (rule: string, value) => types[rule]!(value),
  const: (rule, value) => value === rule,
  enum: (rule: readonly unknown[], value) => rule.includes(value),
  anyOf: (rule: readonly Schema[], value, path) => rule.some((one) => fits(one, value, path)),
  pattern: (rule: string, value) => typeof value !== 'string' || new RegExp(rule, 'u').test(value),
  minimum: (rule: number, value) => typeof value !== 'number' || value >= rule,
  maximum: (rule: number, value) => typeof value !== 'number' || value <= rule,
  minItems: (rule: number, value) => !Array.isArray(value) || value.length >= rule,
  maxItems: (rule: number, value) => !Array.isArray(value) || value.length <= rule,
  minProperties: (rule: number, value) => !isObject(value) || Object.keys(value).length >= rule,
  items: (rule: Schema, value, path) =>
    !Array.isArray(value) || value.every((item, index) => fits(rule, item, `${path}/${index}`)),
  required: (rule: readonly string[], value) =>
    !isObject(value) || rule.every((key) => Object.hasOwn(value, key)),
  propertyNames: (rule: Schema, value, path) =>
    !isObject(value) || Object.keys(value).every((key) => fits(rule, key, `${path}/${key}`)),
  properties: (rule: Readonly<Record<string, Schema>>, value, path) =>
    !isObject(value) ||
    Object.entries(rule).every(
      ([key, one]) => !Object.hasOwn(value, key) || fits(one, value[key], `${path}/${key}`),
    ),
  additionalProperties: (rule: Schema | false, value, path, schema) => {
    if (!isObject(value)) return true;
    const known = Object.keys((schema.properties as object | undefined) ?? {});
    const others = Object.entries(value).filter(([key]) => !known.includes(key));
    return rule === false
      ? others.length === 0
      : others.every(([key, one]) => fits(rule, one, `${path}/${key}`));
  },
};

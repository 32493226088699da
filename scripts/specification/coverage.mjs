import { findRule, readCitations } from './read-citations.mjs';
import { readRules } from './read-rules.mjs';

/**
 * Which tests hold which rules.
 *
 * @param markdown the specification
 * @param tests what `listTests` gives
 * @param unheld rules that may have none, `{ rule, why }`
 * @returns the rules, each with its `tests` and, where it has none, the reason `why`; and the `faults`
 */
export function coverage(markdown, tests, unheld) {
  const rules = readRules(markdown).map((rule) => ({ ...rule, name: nameOf(rule), tests: [] }));
  const chapters = new Set(rules.map((rule) => rule.section.split('.')[0]));
  const faults = [];
  for (const test of tests) {
    for (const citation of readCitations(test.name)) {
      if (!chapters.has(citation.section.split('.')[0])) continue;
      const rule = findRule(rules, citation);
      if (rule === undefined) faults.push(`no rule is ${citedAs(citation)}: ${test.file}: ${test.name}`);
      else if (!rule.tests.includes(test)) rule.tests.push(test);
    }
  }
  // A section is held by the tests of its parts too, and a mark in a heading is the section.
  for (const rule of rules.filter(({ kind }) => kind === 'section').toReversed()) {
    const parts = rules.filter((part) => isPart(part, rule)).flatMap((part) => part.tests);
    rule.tests = [...new Set([...rule.tests, ...parts])];
  }
  for (const rule of rules) {
    if (rule.same !== undefined) rule.tests.push(...rules.find((other) => other.section === rule.same).tests);
    rule.why = unheld.find((exemption) => exemption.rule === rule.name)?.why;
    if (rule.tests.length === 0 && rule.why === undefined)
      faults.push(`no test holds ${rule.name}: ${rule.text}`);
    if (rule.tests.length > 0 && rule.why !== undefined)
      faults.push(`${rule.name} has a test and is named as one without`);
  }
  for (const { rule } of unheld)
    if (!rules.some(({ name }) => name === rule))
      faults.push(`no rule is ${rule}, which is named as one without test`);
  return { rules, faults };
}

/** How a title may cite it. */
function nameOf({ section, table, kind, label }) {
  if (kind === 'section') return section;
  if (kind === 'mark') return `${section} ${label}`;
  if (kind === 'name') return `${section} ${label}`;
  const word = kind === 'number' ? label : `"${label}"`;
  const where =
    /^(?:[A-Z_]{6,}|cgroup)/.exec(table)?.[0] ?? /\((?:no|with) D\)/.exec(table)?.[0].slice(1, -1);
  return [section, where, word].filter((part) => part !== undefined).join(' ');
}

function isPart(part, { section }) {
  return part.kind !== 'section' ? part.section === section : part.section.startsWith(`${section}.`);
}

function citedAs({ section, words, label, quoted }) {
  return [section, words, quoted ? `"${label}"` : label].filter((part) => part !== '').join(' ');
}

// Writes docs/specification-coverage.md: every rule of the specification with the test that holds it and the kernels that
// it runs on. With --check it writes nothing and fails when the document is stale. Either way it fails when a title cites
// what is no rule, or when a rule has no test and scripts/specification/unheld.mjs gives no reason.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { coverage } from './specification/coverage.mjs';
import { listTests } from './specification/list-tests.mjs';
import { unheld } from './specification/unheld.mjs';
import { writeTable } from './specification/write-table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}docs/specification-coverage.md`;

const result = coverage(readFileSync(`${root}docs/specification.md`, 'utf8'), listTests(root), unheld);
const faults = [...new Set(result.faults)];
const document = writeTable(result);
if (!process.argv.includes('--check')) writeFileSync(target, document);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== document)
  faults.push('docs/specification-coverage.md is stale; run npm run coverage:specification');
for (const fault of faults) process.stdout.write(`specification coverage: ${fault}\n`);
const held = result.rules.filter((rule) => rule.tests.length > 0).length;
process.stdout.write(`${result.rules.length} rules, ${held} held, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

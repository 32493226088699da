#!/usr/bin/env node
// CommonJS, by the package.json beside it: starting the loader of ES modules takes longer than most commands. What runs is
// the bundle; where only `tsc` was run, it is what that made.
'use strict';

const built = loadBundle() ?? import('../dist/main.js').catch(sayWhatIsMissing);
if (built instanceof Promise) built.then(carryOut);
else carryOut(built);

async function carryOut({ main }) {
  process.exitCode = await main(process.argv.slice(2));
  // Node would come to the same end, and take its memory apart first.
  if (process.getActiveResourcesInfo().length === 0) process.exit();
}

function loadBundle() {
  // Copied out of its package it is no CommonJS.
  if (typeof require === 'undefined') return undefined;
  try {
    return require('./dist/command-table.js');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
  }
}

function sayWhatIsMissing(error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(
    `mprog: not built yet, or only in part (${error.message.split('\n')[0]}); run: npm run setup\n`,
  );
  process.exit(1);
}

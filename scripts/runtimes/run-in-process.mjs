// Runs the bundle on Node, Bun or Deno and prints its result as the last line.
import { run } from './run-bundle.mjs';

const result = await run();
console.log(`\n${JSON.stringify(result)}`);

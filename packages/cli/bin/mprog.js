#!/usr/bin/env node
let main;
try {
  ({ main } = await import('../dist/main.js'));
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(
    `mprog: not built yet, or only in part (${error.message.split('\n')[0]}); run: npm run setup\n`,
  );
  process.exit(1);
}
process.exitCode = await main(process.argv.slice(2));

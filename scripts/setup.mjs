// Brings a clone to the point where the commands of the README run: installs what is missing from the lockfile, builds
// what is stale, and does nothing when all is there. It uses only what Node brings along.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const marker = `${root}node_modules/.mprog-setup`;
const OLDEST_NODE = [20, 19];

/** Debian packages that the real kernel needs, by a file that shows that they are there. */
const debianPackages = [
  {
    name: 'libbpf1',
    why: 'loads BPF objects into the real kernel',
    files: ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib'].map(
      (directory) => `${directory}/libbpf.so.1`,
    ),
  },
  {
    name: 'iproute2',
    why: 'its tc puts classic filters beside tcx in a test',
    files: ['/usr/sbin/tc', '/sbin/tc', '/usr/bin/tc'],
  },
];

checkNode();
installPackages();
build();
installDebianPackages();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`needs Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}`);
}

function installPackages() {
  const state = `${createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')} ${process.platform}-${process.arch}`;
  if (existsSync(marker) && readFileSync(marker, 'utf8') === state) return;
  say('install packages from the lockfile');
  const result = run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']);
  if (result !== 0) fail('`npm ci` failed');
  writeFileSync(marker, state);
}

function build() {
  if (run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--build', root]) !== 0)
    fail('the build failed');
  if (run(process.execPath, [`${root}scripts/bundle-command.mjs`]) !== 0)
    fail('the command could not be bundled');
}

function installDebianPackages() {
  if (process.platform !== 'linux') return;
  const missing = debianPackages.filter(({ files }) => !files.some((file) => existsSync(file)));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const command = `apt-get install -y ${names.join(' ')}`;
  const mayInstall =
    process.getuid?.() === 0 && (existsSync('/usr/bin/apt-get') || existsSync('/bin/apt-get'));
  if (mayInstall) {
    say(`install ${names.join(', ')} (apt)`);
    const options = ['-y', '--no-install-recommends', ...names];
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (quietly('apt-get', ['install', ...options], environment)) return;
    quietly('apt-get', ['update'], environment);
    if (quietly('apt-get', ['install', ...options], environment)) return;
  }
  for (const { name, why } of missing) say(`${name} is missing (${why}); install it with: sudo ${command}`);
}

function run(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
}

function quietly(program, args, environment) {
  return spawnSync(program, args, { cwd: root, stdio: 'ignore', env: environment }).status === 0;
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

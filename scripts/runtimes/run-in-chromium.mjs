import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const LIMIT_MILLISECONDS = 600_000;

/** The first browser that there is, `{ program, version }`; null for none. */
export function findChromium() {
  for (const program of names) {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { program, version: /[\d.]+/.exec(stdout)?.[0] ?? '?' };
  }
  return null;
}

/**
 * Opens a page that runs the bundle and waits for what it posts.
 *
 * It needs neither a library nor the protocol of the developer tools: the page comes from a server of this process, and
 * tells that server what came of the tests.
 *
 * @param folder of a bundle for a page
 * @returns what `run` gives
 */
export async function runInChromium(program, folder) {
  const profile = mkdtempSync(join(tmpdir(), 'mprog-chromium-'));
  const { server, result } = serve(folder);
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${server.address().port}/`;
  const options = ['--headless=new', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
  // The sandbox does not start as root; the page is our own.
  if (process.getuid?.() === 0) options.push('--no-sandbox');
  const browser = spawn(program, [...options, address], { stdio: 'ignore' });
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  let timer;
  try {
    return await Promise.race([
      result,
      ended.then((code) => ({ crash: `the browser ended with ${code}` })),
      new Promise((late) => {
        timer = setTimeout(() => late({ crash: 'the page did not end' }), LIMIT_MILLISECONDS);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    browser.kill();
    await ended;
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function serve(folder) {
  let settle;
  const result = new Promise((resolve) => {
    settle = resolve;
  });
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    const send = (body, type = 'application/octet-stream') =>
      response.writeHead(200, { 'content-type': type }).end(body);
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (pathname === '/')
        send('<!doctype html><script type="module" src="/bundle/entry.js"></script>', 'text/html');
      else if (pathname.startsWith('/bundle/'))
        send(readFileSync(join(folder, basename(pathname))), 'text/javascript');
      else if (pathname === '/result') {
        send('');
        settle(JSON.parse(body.toString()));
      } else if (pathname === '/file') send(readFileSync(inProject(searchParams.get('path'))));
      else if (pathname === '/directory')
        send(JSON.stringify(readdirSync(inProject(searchParams.get('path')))));
      else if (pathname === '/hash/sha256') send(createHash('sha256').update(body).digest());
      else response.writeHead(404).end();
    } catch (error) {
      response.writeHead(404).end(String(error));
    }
  });
  return { server, result };
}

/** A path or file URL that a test asks for; the server gives nothing but the project. */
function inProject(path) {
  const absolute = resolve(path.startsWith('file:') ? fileURLToPath(path) : path);
  if (!`${absolute}${sep}`.startsWith(root)) throw new Error(`${path} is outside of the project`);
  return absolute;
}

// What a page has in place of Node's modules: files of the project and hashes come from the server, synchronously.
export const env = {};

export function readFileSync(path, encoding) {
  const response = ask('file', path);
  return encoding === undefined ? Uint8Array.from(response, byteOf) : decode(response);
}

export function readdirSync(path) {
  return JSON.parse(decode(ask('directory', path)));
}

export function createHash(algorithm) {
  const parts = [];
  return {
    update(bytes) {
      parts.push(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes);
      return this;
    },
    digest(encoding) {
      const bytes = Uint8Array.from(ask(`hash/${algorithm}`, '', new Blob(parts)), byteOf);
      return encoding === undefined ? bytes : hex(bytes);
    },
  };
}

export const fileURLToPath = (url) => decodeURIComponent(new URL(url).pathname);
export const join = (...parts) => parts.join('/');
export const tmpdir = () => '/tmp';

/** As much of a Buffer as tests use. */
class PageBuffer extends Uint8Array {
  static from(data) {
    return new PageBuffer(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  toString(encoding) {
    if (encoding === 'hex') return hex(this);
    if (encoding === 'base64') return btoa(String.fromCharCode(...this));
    return new TextDecoder().decode(this);
  }
}
globalThis.Buffer = PageBuffer;
/** Its one directory is the root. */
globalThis.process = { env, cwd: () => '/', chdir() {} };

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The answer, one character for each byte; a synchronous request may not ask for bytes themselves. */
function ask(what, path, body) {
  const request = new XMLHttpRequest();
  request.open('POST', `/${what}?path=${encodeURIComponent(String(path))}`, false);
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send(body);
  if (request.status !== 200) throw new Error(`${what} ${path}: status ${request.status}`);
  return request.responseText;
}

function byteOf(character) {
  return character.charCodeAt(0) & 0xff;
}

function decode(characters) {
  return new TextDecoder().decode(Uint8Array.from(characters, byteOf));
}

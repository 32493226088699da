import { sep } from 'node:path';
import { root } from './places.mjs';

const FINDS_KOFFI = 'kernel/linux/ffi.js';

/**
 * Lets a module of another package go on finding what lies beside it where that package is installed: traces, objects,
 * a script of another process, koffi.
 */
export function locations() {
  return {
    name: 'locations',
    transform(code, id) {
      if (!code.includes('import.meta')) return null;
      const [, name, path] = /^packages\/(\w+)\/dist\/(.*)$/.exec(idBelowRoot(id)) ?? [];
      if (name === undefined) throw new Error(`bundle the command: ${id} asks where it is`);
      return { code: located(code, name, path) };
    },
  };
}

/**
 * Replaces what a module asks about its own place.
 *
 * @param name of its package
 * @param path of the module in what `tsc` made of the package
 */
export function located(code, name, path) {
  const installed = (wanted) => `require('node:url').pathToFileURL(require.resolve(${wanted})).href`;
  let text = code.replace(/import\.meta\.resolve\(('[^']+')\)/g, (_, wanted) => installed(wanted));
  if (`${name}/${path}` === FINDS_KOFFI) {
    // The package depends on koffi by itself, so as not to have to look for that of another one.
    text = text.replace('createRequire(import.meta.url)', 'require');
    if (text.includes('createRequire('))
      throw new Error(`bundle the command: ${path} finds koffi in another way`);
  }
  if (name !== 'cli') {
    const own = `new URL('./${path}', ${installed(`'@mprog/${name}'`)}).href`;
    text = text.replaceAll('import.meta.url', own);
  }
  // The bundler would take the place of the bundle for it.
  if (text.includes('import.meta')) throw new Error(`bundle the command: ${name}/${path} asks where it is`);
  return text;
}

function idBelowRoot(id) {
  return id.startsWith(root) ? id.slice(root.length).replaceAll(sep, '/') : id;
}

import { sep } from 'node:path';

/**
 * Lets a module of another package go on finding what lies beside it where that package is installed: traces, objects,
 * a script of another process, koffi.
 */
export function locations() {
  const installed = (name) => `require('node:url').pathToFileURL(require.resolve(${name})).href`;
  return {
    name: 'locations',
    transform(code, id) {
      if (!code.includes('import.meta') || id.includes('node_modules')) return null;
      const [, name, path] = /packages[\\/](\w+)[\\/]dist[\\/](.*)$/.exec(id) ?? [];
      let located = code.replace(/import\.meta\.resolve\(('[^']+')\)/g, (_, wanted) => installed(wanted));
      // The package depends on koffi by itself, so as not to have to look for that of another one.
      located = located.replace('createRequire(import.meta.url)', 'require');
      if (name !== 'cli') {
        const own = `new URL('./${path.replaceAll(sep, '/')}', ${installed(`'@mprog/${name}'`)}).href`;
        located = located.replaceAll('import.meta.url', own);
      }
      return { code: located };
    },
  };
}

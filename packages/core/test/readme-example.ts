import { after, before, Hook, RefusalError } from '@mprog/core';

const onRequest = new Hook<(path: string) => number | void>({ name: 'request' });

const router = onRequest.attach((path) => (path === '/' ? 200 : 404), { name: 'router' });
const guard = onRequest.attach((path) => (path.startsWith('/admin') ? 403 : undefined), {
  name: 'guard',
  at: before(router),
});
onRequest.attach((path) => console.log(`seen ${path}`), { name: 'log', at: after(guard) });

console.log(onRequest.run('/admin')); // → 403
console.log(onRequest.run('/')); // → seen / → 200

const { revision, attachments } = onRequest.query();
console.log(revision, attachments.map(({ name }) => name).join(' ')); // → 4 guard log router
guard.close();
try {
  onRequest.attach(() => 503, { name: 'maintenance', expectedRevision: revision });
} catch (error) {
  if (RefusalError.is(error)) console.log(error.code, error.data.revision); // → ESTALE 5
}

// Runs the bundle in a page and posts its result to the server that the page came from.
import { run } from './run-bundle.mjs';

const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });

run().then(post, (error) => post({ crash: String(error?.stack ?? error) }));

declare module 'koa-compose' {
  const compose: (
    middleware: ((context: never, next: () => Promise<unknown>) => unknown)[],
  ) => (context: unknown) => Promise<unknown>;
  // biome-ignore lint/style/noDefaultExport: it is what the package has
  export default compose;
}

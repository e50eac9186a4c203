// Loaded into a gateway process with --require and --expose-gc: on SIGUSR2 it says what the process holds.
process.on('SIGUSR2', () => {
  // Twice, with a turn of the event loop between: what the first frees may be all that held something else.
  global.gc();
  setImmediate(() => {
    global.gc();
    const kinds = process.getActiveResourcesInfo();
    const count = (name) => kinds.filter((kind) => kind === name).length;
    const { heapUsed, rss } = process.memoryUsage();
    const held = { heapBytes: heapUsed, rssBytes: rss, sockets: count('TCPSocketWrap'), timers: count('Timeout') };
    process.stdout.write(`HELD ${JSON.stringify(held)}\n`);
  });
});

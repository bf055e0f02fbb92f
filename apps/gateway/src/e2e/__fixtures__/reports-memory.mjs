import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Loaded before the gateway: at a SIGWINCH it writes what it keeps in memory, once the garbage is collected, to a file.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGWINCH', async () => {
  // What buffers held is given back a moment after they are found to be garbage.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await sleep(50);
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  writeFileSync(process.env.MEMORY_REPORT, JSON.stringify({ liveBytes: heapUsed + arrayBuffers, rssBytes: rss }));
});

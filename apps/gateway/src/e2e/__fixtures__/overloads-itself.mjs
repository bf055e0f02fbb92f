import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Loaded before the gateway: each SIGWINCH takes it to the next share of its heap, each SIGURG has its event loop fall
// behind, or no more.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const MIB = 1_048_576;
/** Calls are refused in the first, connections as well in the second. */
const SHARES = [0.935, 0.968, 0];
const YOUNG = 192 * MIB;
const held = [];
let step = 0;

process.on('SIGWINCH', () => {
  fillTo(SHARES[step]);
  step += 1;
});

function fillTo(share) {
  if (share === 0) held.length = 0;
  collect();
  const wanted = share * (getHeapStatistics().heap_size_limit - YOUNG);
  for (let left = wanted - usedBytes(); left > 0; left -= MIB / 2) held.push(new Array(MIB / 16).fill(left + 0.5));
  collect();
}

function usedBytes() {
  const old = getHeapSpaceStatistics().filter(({ space_name: name }) => !name.startsWith('new_'));
  return old.reduce((sum, { space_used_size: size }) => sum + size, 0);
}

const BUSY_MS = 300;
let isBusy = false;

process.on('SIGURG', () => {
  isBusy = !isBusy;
  if (isBusy) spin();
});

function spin() {
  for (const untilMs = performance.now() + BUSY_MS; performance.now() < untilMs; );
  if (isBusy) setImmediate(spin);
}

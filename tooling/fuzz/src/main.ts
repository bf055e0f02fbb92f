import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { startCoverage } from './coverage.js';
import { fuzz } from './fuzz.js';
import { createRandom } from './random.js';
import { TARGETS } from './targets.js';

/** Of the thread that runs the inputs: what else the process does, and the machine, makes none of them slow. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const FULL_LENGTH = 100_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, seed: { type: 'string' }, out: { type: 'string' } },
});
const runs = Number(values.runs ?? FULL_LENGTH);
const seed = Number(values.seed ?? Date.now());
const chosen = TARGETS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const out = values.out ?? 'fuzz-crashes';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}`);
let crashed = 0;
for (const target of chosen) {
  await using coverage = await startCoverage();
  const { executions, kept, crashes, slowestMs } = await fuzz(target, {
    runs,
    random: createRandom(seed),
    coverage,
    now: cpuMs,
  });
  say(
    `${target.name}: ${executions} executions, ${kept} inputs kept, slowest ${slowestMs.toFixed(1)} ms, ${crashes.length} crashes`,
  );
  crashed += crashes.length;
  for (const { input, cause } of crashes) {
    const name = createHash('sha256').update(input).digest('hex').slice(0, 12);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, `${target.name}-${name}`), input);
    say(inspect(cause));
  }
}
process.exitCode = crashed > 0 ? 1 : 0;

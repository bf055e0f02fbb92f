import { LOADS } from './loads.js';
import type { Load } from './loads.js';
import { USAGE, parseOptions } from './options.js';
import type { Options } from './options.js';
import { startParts } from './parts/start-parts.js';
import { summarizeParts } from './parts/summarize-parts.js';
import { profileSluice } from './profile.js';
import { runRounds } from './rounds.js';
import type { Results, Round } from './rounds.js';
import { summarize } from './summary.js';
import { renderParts } from './parts/render-parts.js';
import { renderTable } from './table.js';
import { startField } from './targets.js';

const NOISY_SHARE = 0.1;
/** The compiler needs tens of thousands of requests to settle, of the gateway and of the pass-through. */
const MIN_WARM_UP_MS = 8_000;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const report = (text: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : '');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  return options.profile === undefined ? compare(options) : profile(options, options.profile);
}

async function compare({ loads, rounds, seconds, targets, check }: Options): Promise<number> {
  const durationMs = seconds * 1_000;
  const field = await startField(targets);
  // They are told in terms of what a chat costs the pass-through.
  const parts =
    targets.includes('pass-through') && loads.some(({ name }) => name === 'chat') ? startParts() : undefined;
  try {
    const results = await runRounds(field, {
      loads,
      rounds,
      durationMs,
      parts,
      warmUpMs: Math.max(MIN_WARM_UP_MS, durationMs / 2),
      report,
    });
    report('');
    const rows = [...results.rounds].flatMap(([load, done]) => summarize(load, done, roundsAgainst(load, results)));
    print(`${renderTable(rows)}\n`);
    const partRows = summarizeParts(results);
    if (partRows.length > 0) print(`${renderParts(partRows)}\n`);
    print(
      `Medians of ${rounds} rounds of ${seconds} s; ratios are paired within a round (least-most). Node ${process.version}.`,
    );
    if (results.foreignShare > NOISY_SHARE) {
      print(
        `Other programs used ${Math.round(results.foreignShare * 100)} % of the CPU time: rates and p99 mean little.`,
      );
    }
    return check && [...rows, ...partRows].some(({ withinLimit }) => withinLimit === false) ? 1 : 0;
  } finally {
    await parts?.stop();
    await field.stop();
  }
}

function roundsAgainst({ against }: Load, { rounds }: Results): readonly Round[] | undefined {
  return [...rounds].find(([{ name }]) => name === against)?.[1];
}

async function profile({ loads, seconds }: Options, file: string): Promise<number> {
  const load = loads.length === LOADS.length ? LOADS[0] : loads[0];
  if (load === undefined) return 2;
  print(await profileSluice(load, { durationMs: seconds * 1_000, file }));
  print(`\n${load.title}; the whole profile is in ${file}.`);
  return 0;
}

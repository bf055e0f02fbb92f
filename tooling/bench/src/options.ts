import { parseArgs } from 'node:util';
import { LOADS } from './loads.js';
import type { Load } from './loads.js';
import { TARGETS } from './targets.js';
import type { TargetName } from './targets.js';

export const USAGE = `Usage: pnpm bench [options]
  --rounds N         rounds over all loads and targets (15)
  --seconds N        busy time of each measurement (0.5)
  --only A,B         loads: ${LOADS.map(({ name }) => name).join(', ')}
  --targets A,B      ${TARGETS.join(', ')}
  --check            exit with 1 when the gateway is over a limit
  --profile FILE     one load (--only) on the gateway alone under the CPU profiler, kept in FILE
`;

export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly loads: readonly Load[];
  readonly targets: readonly TargetName[];
  readonly check: boolean;
  readonly profile?: string;
}

/** Throws with a sentence on what is wrong with the arguments. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '15' },
      seconds: { type: 'string', default: '0.5' },
      only: { type: 'string', default: LOADS.map(({ name }) => name).join(',') },
      targets: { type: 'string', default: TARGETS.join(',') },
      check: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  return {
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    loads: pick('--only', values.only, new Map(LOADS.map((load) => [load.name, load]))),
    targets: pick('--targets', values.targets, new Map(TARGETS.map((name) => [name, name]))),
    check: values.check,
    ...(values.profile === undefined ? {} : { profile: values.profile }),
  };
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${flag} wants a number above 0, not "${text}".`);
  return value;
}

function pick<T>(flag: string, list: string, known: ReadonlyMap<string, T>): T[] {
  return list.split(',').map((name) => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`${flag} knows ${[...known.keys()].join(', ')}, not "${name}".`);
    return found;
  });
}

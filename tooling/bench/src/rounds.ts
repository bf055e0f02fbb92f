import type { Load } from './loads.js';
import { measureAll, verify } from './measure.js';
import type { Measurement } from './measure.js';
import type { PartsRound } from './parts/parts.js';
import type { PartsBench } from './parts/start-parts.js';
import { cpuUsOf, machineCpuUs } from './process-usage.js';
import type { Field, Target, TargetName } from './targets.js';

/** Under one load, in one round, by target. */
export type Round = ReadonlyMap<TargetName, Measurement>;
export interface Results {
  /** By load. */
  readonly rounds: ReadonlyMap<Load, readonly Round[]>;
  /** Empty where they were not measured. */
  readonly parts: readonly PartsRound[];
  /** Share of the machine's used CPU time that was not the bench's own. */
  readonly foreignShare: number;
}
export interface RoundsInit {
  readonly loads: readonly Load[];
  readonly rounds: number;
  readonly durationMs: number;
  readonly warmUpMs: number;
  /** Measured where there are chats. Absent: the gateway is measured as a whole only. */
  readonly parts?: PartsBench | undefined;
  /** Told before each measurement. */
  readonly report: (what: string) => void;
}

/**
 * Puts every load on every target once a round, so that what the machine does meanwhile meets all alike, and compares
 * within a round only. The first round warms up and does not count. The order turns from round to round.
 */
export async function runRounds(field: Field, init: RoundsInit): Promise<Results> {
  const warmUp = { ...init, durationMs: init.warmUpMs, name: 'warm-up' };
  for (const load of init.loads) {
    for (const target of field.targets) await verify(target, load);
    // What has no process has nothing to warm up.
    await runRound(
      field.targets.filter(({ pid }) => pid !== undefined),
      load,
      warmUp,
    );
  }
  await init.parts?.measure(init.warmUpMs);
  const rounds = new Map<Load, Round[]>(init.loads.map((load) => [load, []]));
  const parts: PartsRound[] = [];
  const pids = [
    field.mockPid,
    ...field.targets.flatMap(({ pid }) => pid ?? []),
    ...(init.parts ? [init.parts.pid] : []),
  ];
  const beforeUs = usage(pids);
  for (let i = 0; i < init.rounds; i += 1) {
    const order = i % 2 === 0 ? field.targets : field.targets.toReversed();
    for (const [load, done] of rounds) {
      done.push(await runRound(order, load, { ...init, name: `round ${i + 1}` }));
      // Beside the chats in terms of which they are told.
      if (init.parts && load.name === 'chat') parts.push(await init.parts.measure(init.durationMs));
    }
  }
  const afterUs = usage(pids);
  const machineUs = afterUs.machine - beforeUs.machine;
  return { rounds, parts, foreignShare: Math.max(0, 1 - (afterUs.own - beforeUs.own) / machineUs) };
}

async function runRound(
  targets: readonly Target[],
  load: Load,
  { durationMs, report, name }: Pick<RoundsInit, 'durationMs' | 'report'> & { readonly name: string },
): Promise<Round> {
  report(`${name}: ${load.title}`);
  return measureAll(targets, load, durationMs);
}

/** Of the machine, and of this process and its children. */
function usage(children: readonly number[]): { readonly machine: number; readonly own: number } {
  const self = process.cpuUsage();
  return {
    machine: machineCpuUs(),
    own: self.user + self.system + children.reduce((sum, pid) => sum + cpuUsOf(pid), 0),
  };
}

import { mkdtempSync, readFileSync, readdirSync, copyFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Load } from './loads.js';
import { measureAll, verify } from './measure.js';
import { startField } from './targets.js';

const TOP_FUNCTIONS = 40;
const TOP_FILES = 15;
const WARM_UP_MS = 1_500;

type CallFrame = Profiler.ProfileNode['callFrame'];

/**
 * Runs one load on the gateway alone under V8's CPU profiler and keeps the profile in `file`. Gives what was costliest
 * once the gateway was warm.
 */
export async function profileSluice(
  load: Load,
  { durationMs, file }: { readonly durationMs: number; readonly file: string },
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-profile-'));
  const startedMs = performance.now();
  let warmAfterMs = 0;
  try {
    const field = await startField(['sluice'], ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    try {
      for (const target of field.targets) {
        await verify(target, load);
        await measureAll([target], load, WARM_UP_MS);
        warmAfterMs = performance.now() - startedMs;
        await measureAll([target], load, durationMs);
      }
    } finally {
      await field.stop();
    }
    const [name] = readdirSync(folder).sort();
    if (name === undefined) throw new Error('the gateway left no profile');
    copyFileSync(join(folder, name), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile;
  const functions = costliest(profile, { fromMs: warmAfterMs, name: functionOf, count: TOP_FUNCTIONS });
  return `${costliest(profile, { fromMs: warmAfterMs, name: fileOf, count: TOP_FILES })}\n\n${functions}`;
}

export interface CostliestInit {
  /** Samples before this time after the profile's start do not count. */
  readonly fromMs: number;
  /** What functions are put together by. */
  readonly name: (callFrame: CallFrame) => string;
  readonly count: number;
}

/** What spent the most time itself, not in what it called, as shares of the time that was not idle. */
export function costliest(profile: Profiler.Profile, { fromMs, name, count }: CostliestInit): string {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, name(callFrame)]));
  const selfUs = new Map<string, number>();
  let atUs = 0;
  profile.samples?.forEach((id, i) => {
    const deltaUs = profile.timeDeltas?.[i] ?? 0;
    atUs += deltaUs;
    const owner = names.get(id) ?? '';
    if (atUs >= fromMs * 1_000) selfUs.set(owner, (selfUs.get(owner) ?? 0) + deltaUs);
  });
  selfUs.delete('(idle)');
  const allUs = [...selfUs.values()].reduce((sum, us) => sum + us, 0);
  return [...selfUs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([owner, us]) => `${((us / allUs) * 100).toFixed(1).padStart(5)} %  ${owner}`)
    .join('\n');
}

const functionOf = (callFrame: CallFrame): string => {
  const { functionName, lineNumber, url } = callFrame;
  const shown = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? shown : `${shown}  ${fileOf(callFrame)}:${lineNumber + 1}`;
};

/** The last parts of the path, enough to tell packages apart; what is native stands for itself. */
const fileOf = ({ functionName, url }: CallFrame): string =>
  url === '' ? functionName || '(native)' : url.split('/').slice(-3).join('/');

import { SYSTEM_CLOCK, type SimulatorClock } from '../clock.js';
import { createRandom, type Random } from '../random.js';
import type { FaultAction, FaultRule } from './fault-rules.js';
import type { VendorName } from '../personas.js';

/** What a rule looks at. */
export interface FaultSubject {
  readonly vendor: VendorName;
  readonly model: string;
  readonly stream: boolean;
}

/** The fault script of one simulator. */
export interface FaultBook {
  readonly rules: readonly FaultRule[];
  /** Replaces the script; counts and times begin anew. */
  set(rules: readonly FaultRule[]): void;
  /** What happens to this request. Counts it. */
  draw(subject: FaultSubject): readonly FaultAction[];
  /** Whether this connection hangs. Counts it. */
  drawConnection(): boolean;
}

interface Line {
  readonly rule: FaultRule;
  readonly random: Random;
  readonly sinceMs: number;
  seen: number;
  done: number;
}

export function createFaultBook(
  seed: number,
  initial: readonly FaultRule[] = [],
  clock: SimulatorClock = SYSTEM_CLOCK,
): FaultBook {
  let lines: readonly Line[] = [];
  const set = (rules: readonly FaultRule[]): void => {
    const sinceMs = clock.monotonic();
    lines = rules.map((rule, index) => ({
      rule,
      random: createRandom(Math.imul(seed, 0x85ebca6b) ^ (index + 1)),
      sinceMs,
      seen: 0,
      done: 0,
    }));
  };
  set(initial);
  return {
    get rules() {
      return lines.map(({ rule }) => rule);
    },
    set,
    draw: (subject) =>
      lines
        .filter((line) => line.rule.fault.kind !== 'hang-connect' && matches(line.rule, subject) && isDue(line, clock))
        .map(({ rule }) => rule.fault),
    drawConnection: () =>
      lines.filter((line) => line.rule.fault.kind === 'hang-connect' && isDue(line, clock)).length > 0,
  };
}

function matches({ models, vendors, stream }: FaultRule, subject: FaultSubject): boolean {
  if (vendors && !vendors.includes(subject.vendor)) return false;
  if (stream !== undefined && stream !== subject.stream) return false;
  return models === undefined || models.some((pattern) => matchesName(pattern, subject.model));
}

/** `*` stands for anything. */
export function matchesName(pattern: string, name: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(name);
}

/** Counts the request, and says whether it is one that the rule means. */
function isDue(line: Line, clock: SimulatorClock): boolean {
  const { rule } = line;
  line.seen += 1;
  const due =
    line.seen > (rule.after ?? 0) &&
    (line.seen - (rule.after ?? 0)) % (rule.every ?? 1) === 0 &&
    (rule.times === undefined || line.done < rule.times) &&
    (rule.forMs === undefined || clock.monotonic() - line.sinceMs < rule.forMs) &&
    (rule.probability === undefined || line.random() < rule.probability);
  if (due) line.done += 1;
  return due;
}

import { z } from 'zod';
import { faultRules, type FaultRule } from './faults/fault-rules.js';
import { scripts, type Script } from './scripts.js';

/** What a simulator is to do beside what its models' names say. */
export interface Scenario {
  readonly faults: readonly FaultRule[];
  readonly scripts: Readonly<Record<string, Script>>;
}

const scenario = z.strictObject({ faults: faultRules.default([]), scripts: scripts.default({}) });

/** A scenario as it stands in a file: `{"faults": [...], "scripts": {...}}` or a list of faults. Throws for any other, saying what is wrong. */
export function parseScenario(value: unknown): Scenario {
  const parsed = scenario.safeParse(Array.isArray(value) ? { faults: value as readonly unknown[] } : value);
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error));
}

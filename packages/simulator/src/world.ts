import { createFaultBook, type FaultBook } from './faults/fault-book.js';
import { createPromptCache, type PromptCache } from './prompt-cache.js';
import { createScriptBook, type Script, type ScriptBook } from './scripts.js';
import { createResponseStore, type ResponseStore } from './wires/openai/response-store.js';
import type { SimulatorClock } from './clock.js';
import type { FaultRule } from './faults/fault-rules.js';

/** How exact the wires are. */
export interface Strictness {
  /** Refuses what the real service refuses; else unknown fields and the like are overlooked. */
  readonly strict: boolean;
  /** Knows only {@link TEST_CREDENTIALS}; else every caller will do. */
  readonly checkKeys: boolean;
  /** Answers whatever model it is asked for; else one that the vendor does not have is refused. */
  readonly anyModel: boolean;
}

export interface WorldOptions extends Strictness {
  readonly seed: number;
  readonly clock: SimulatorClock;
  readonly faults: readonly FaultRule[];
  readonly scripts: Readonly<Record<string, Script>>;
}

/** What one simulator remembers between requests. */
export interface World extends Strictness {
  readonly seed: number;
  readonly clock: SimulatorClock;
  readonly faults: FaultBook;
  readonly scripts: ScriptBook;
  readonly cache: PromptCache;
  readonly responses: ResponseStore;
}

export function createWorld({ faults, scripts, ...given }: WorldOptions): World {
  return {
    ...given,
    faults: createFaultBook(given.seed, faults, given.clock),
    scripts: createScriptBook(scripts),
    cache: createPromptCache(),
    responses: createResponseStore(),
  };
}

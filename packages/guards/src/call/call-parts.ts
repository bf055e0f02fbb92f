import type { GuardSubject, JsonObject } from '@sluice/contract';
import type { Placeholders } from '../text/placeholders.js';
import type { BoundGuard } from './bound-guard.js';
import type { Tally } from './tally.js';

/** What everything that guards one call has in common. */
export interface CallParts {
  readonly subject: GuardSubject;
  readonly guards: readonly BoundGuard[];
  readonly tally: Tally;
  readonly placeholders: Placeholders;
  /** A guard could not judge. Told for the log: it names no content. */
  readonly onFailure: (guard: string, cause: unknown) => void;
  /** The schema that the caller wants its answer to have. */
  readonly askedSchema: JsonObject | undefined;
}

import { createPatternGuard, createPersonalDataGuard } from './kinds/text-guards.js';
import type { Entity } from './kinds/personal-data.js';
import { Placeholders } from './text/placeholders.js';
import { Scanner } from './text/scanner.js';
import { filterText, joinFilters } from './text/text-filter.js';

export interface RedactionInit {
  readonly entities: readonly Entity[];
  /** In the syntax of the guard `regex`. */
  readonly patterns: readonly string[];
}

const MASKING = { action: 'mask', maxMatchChars: 512 } as const;
const NAMELESS = new Placeholders(() => false);

/** What takes personal data and patterns out of texts. Throws a `SyntaxError` for a pattern that is not taken. */
export function createRedaction({ entities, patterns }: RedactionInit): (text: string) => string {
  const guards = [
    ...(patterns.length > 0
      ? [createPatternGuard({ ...MASKING, patterns, ignoreCase: false, replacement: '[REDACTED]' })]
      : []),
    ...(entities.length > 0 ? [createPersonalDataGuard({ ...MASKING, entities, reversible: false })] : []),
  ];
  if (guards.length === 0) return (text) => text;
  const open = () =>
    joinFilters(guards.map((guard) => new Scanner({ ...guard, replace: (found) => guard.mask(found, NAMELESS) })));
  return (text) => filterText(open(), text);
}

import type { TextGuard, Side } from '../kinds/guard.js';
import { Scanner } from '../text/scanner.js';
import type { ScanRules } from '../text/scanner.js';
import type { Names } from '../text/placeholders.js';
import { joinFilters, watching } from '../text/text-filter.js';
import type { TextFilter } from '../text/text-filter.js';
import { refusal } from './bound-guard.js';
import type { BoundGuard, Verdict } from './bound-guard.js';
import type { Tally } from './tally.js';

export interface SideCheckParts {
  readonly side: Side;
  /** Those that read texts, in their order. */
  readonly guards: readonly BoundGuard[];
  readonly names: Names;
  readonly tally: Tally;
}

/** The guards that read texts, over all texts of one request or one answer. */
export class SideCheck {
  readonly #parts: SideCheckParts;
  readonly #found = new Map<BoundGuard, Verdict>();

  constructor(parts: SideCheckParts) {
    this.#parts = parts;
  }

  /** A text after the other goes through one of its own. `onChange`: something was replaced. */
  open(onChange?: () => void): TextFilter {
    return joinFilters(this.#parts.guards.map((guard) => this.#filter(guard, onChange)));
  }

  /** All texts were read. */
  settle(): void {
    const { guards, tally, side } = this.#parts;
    for (const guard of guards) tally.settle(guard, side, this.#found.get(guard) ?? 'passed');
  }

  #filter(guard: BoundGuard, onChange: (() => void) | undefined): TextFilter {
    const check = guard.check as TextGuard;
    if (guard.mode === 'observe') return watching(new Scanner({ ...check, replace: this.#observing(guard) }));
    const refuse = (): never => this.#refuse(guard);
    if (check.action === 'deny')
      return new Scanner({ ...check, replace: refuse, ...(check.isOne ? {} : { onMatch: refuse }) });
    return new Scanner({
      ...check,
      replace: (finding) => {
        this.#note(guard, 'rewritten');
        onChange?.();
        return check.mask(finding, this.#parts.names);
      },
    });
  }

  #observing(guard: BoundGuard): ScanRules['replace'] {
    return ({ text }) => {
      this.#note(guard, 'observed');
      return text;
    };
  }

  #refuse(guard: BoundGuard): never {
    const { tally, side } = this.#parts;
    tally.settle(guard, side, 'refused');
    throw refusal(guard.name, side);
  }

  #note(guard: BoundGuard, verdict: Verdict): void {
    this.#found.set(guard, verdict);
    this.#parts.tally.note(guard, verdict);
  }
}

import type { TestModule } from 'vitest/node';

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of a finished run. A file that could not be run, a failed hook of a file and an error outside every test
 * count as one failure each, so that a run with anything wrong never reads `0 failed`.
 */
export function countTests(modules: readonly TestModule[], unhandledErrors: number): Count {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const broken = modules.filter((module) => module.errors().length > 0).length;
  const count = (state: string): number => states.filter((each) => each === state).length;
  return {
    passed: count('passed'),
    failed: count('failed') + broken + unhandledErrors,
    skipped: count('skipped') + count('pending'),
  };
}

/** `N passed, N failed`, with `, N skipped` where any were: the line that machines read. */
export function countLine({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

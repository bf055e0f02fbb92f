import type { Options } from 'tsup';

/**
 * ESM only; declarations come from `tsc` (`build:types`), not from tsup, and are left alone when it cleans up: two tasks
 * fill `dist` at the same time.
 */
export const base: Options = {
  entry: ['src/index.ts'],
  format: ['esm'],
  target: 'node22',
  platform: 'node',
  sourcemap: true,
  clean: ['!**/*.d.ts'],
  dts: false,
};

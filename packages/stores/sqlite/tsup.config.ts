import { defineConfig } from 'tsup';
import { base } from '../../../tooling/tsup/base.js';

// `node:sqlite` exists only under its full name, and tsup would cut the prefix off.
export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/checkpoint-worker.ts', 'src/spend-worker.ts'],
  removeNodeProtocol: false,
});

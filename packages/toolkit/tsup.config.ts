import { defineConfig } from 'tsup';
import { base } from '../../tooling/tsup/base.js';

export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/openai-wire.ts', 'src/anthropic-wire.ts', 'src/gemini-wire.ts', 'src/cohere-wire.ts'],
});

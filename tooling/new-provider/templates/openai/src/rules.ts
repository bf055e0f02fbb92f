import { OPEN_MODELS } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/** Where Acme differs from OpenAI: name the source here. `ServerRules` says what each rule means. */
export const RULES: ServerRules = {
  ...OPEN_MODELS,
};

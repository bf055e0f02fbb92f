import type { Target } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';
import type { HeaderWriter } from './headers.js';
import type { ServerRules } from './rules.js';

/** What the operations of one server share. */
export interface Server {
  readonly rules: ServerRules;
  readonly headers: HeaderWriter;
  /** Where a call goes: `chat/completions` and the like. */
  locate(target: Target, path: string): URL;
  /** The name by which the server knows a model. */
  nameOf(model: string): string;
}

/** What most servers have: paths below one address, and models by their own names. */
export const PLAIN: Pick<Server, 'locate' | 'nameOf'> = {
  locate: ({ baseUrl }, path) => endpoint(baseUrl, path),
  nameOf: (model) => model,
};

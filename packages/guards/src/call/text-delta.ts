import type { ChatEvent } from '@sluice/contract';

/** A piece of a text that comes in pieces. */
export type TextDelta = Extract<ChatEvent, { readonly type: 'text-delta' | 'reasoning-delta' | 'refusal-delta' }>;

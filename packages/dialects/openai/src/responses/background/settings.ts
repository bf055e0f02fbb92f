import { z } from 'zod';

const room = z.int().min(0).max(10_000);

/** The `responses:` block of the operator's file. */
export const responsesSettings = z
  .strictObject({
    backgroundPerKey: room
      .default(20)
      .describe('How many responses of one key may be under way in the background; 0 allows none.'),
    backgroundTotal: room.default(200).describe('How many of all keys together.'),
  })
  .describe('Responses that are made in the background.');
export type ResponsesSettings = z.output<typeof responsesSettings>;

import type { Clock, Ledger } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import { z } from 'zod';
import type { RecostQuestion } from '../../spend/recosting.js';
import { recostView } from '../../spend/recosting.js';
import { jsonContent, noStore } from '../answers.js';
import { parseInput } from '../parse-input.js';
import type { Route } from '../route.js';
import { timeParam } from './page-query.js';

export interface RecostRouteDeps {
  /** Flushed before, so that a request that has ended is priced again. */
  readonly ledger: Pick<Ledger, 'flush'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly recost: (question: RecostQuestion, signal: AbortSignal) => Promise<z.output<typeof recostView>>;
}

const name = z.string().min(1).max(512);
const recostInput = z.strictObject({
  since: timeParam('Leaves out what began earlier'),
  until: timeParam('Leaves out what began then or later; absent: now').exactOptional(),
  provider: name.meta({ description: 'Requests that this provider answered alone.' }).exactOptional(),
  model: name.meta({ description: 'Requests that this model answered alone.' }).exactOptional(),
  dryRun: z.boolean().meta({ description: 'Only tells what would come of it.' }).exactOptional(),
});

/** `/admin/v1/spend/recost`. */
export function createRecostRoute({ ledger, clock, recost }: RecostRouteDeps): Route {
  return {
    method: 'POST',
    path: '/admin/v1/spend/recost',
    access: 'spend:write',
    openapi: {
      operationId: 'recostSpend',
      summary: 'Price requests again by the prices of today; what they cost more or less is appended to the ledger',
      tags: ['spend'],
      requestBody: { required: true, content: jsonContent(recostInput) },
      responses: { 200: { description: 'What came of it.', content: jsonContent(recostView) } },
    },
    async handle(call) {
      const { since, until = clock.now(), ...asked } = parseInput(recostInput, await call.json());
      await ledger.flush();
      return jsonAnswer(200, await recost({ sinceMs: since, untilMs: until, ...asked }, call.signal), noStore);
    },
  };
}

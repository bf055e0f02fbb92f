import { gatewayError } from '@sluice/contract';
import type { Outcome } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { SettleScope } from './settle-scope.js';

const COMPLETED: Outcome = { kind: 'completed' };

function openScope() {
  const errors: unknown[] = [];
  const order: string[] = [];
  const scope = new SettleScope((cause) => void errors.push(cause));
  const add = (name: string): void => scope.add(({ kind }) => void order.push(`${name}:${kind}`));
  return { scope, errors, order, add };
}

describe('SettleScope', () => {
  it('gives back what was taken last first', () => {
    const { scope, order, add } = openScope();
    ['lease', 'place', 'permit'].forEach(add);
    scope.settle(COMPLETED);
    expect(order).toEqual(['permit:completed', 'place:completed', 'lease:completed']);
  });

  it('settles once, and with the first outcome', () => {
    const { scope, order, add } = openScope();
    add('permit');
    const said = [scope.settle({ kind: 'client-gone' }), scope.settle(COMPLETED)];
    expect([said, order, scope.outcome]).toEqual([[true, false], ['permit:client-gone'], { kind: 'client-gone' }]);
  });

  it('runs the others where one settler throws, and tells of it', () => {
    const { scope, errors, order, add } = openScope();
    const broken = new Error('broken');
    add('first');
    scope.add(() => {
      throw broken;
    });
    add('last');
    scope.settle(COMPLETED);
    expect([order, errors]).toEqual([['last:completed', 'first:completed'], [broken]]);
  });

  it('gives back at once what is taken after the end', () => {
    const { scope, order, add } = openScope();
    scope.settle({ kind: 'failed', error: gatewayError('draining') });
    add('late');
    expect(order).toEqual(['late:failed']);
  });

  it('gives back at once what a settler takes', () => {
    const { scope, order, add } = openScope();
    scope.add(() => add('nested'));
    scope.settle(COMPLETED);
    expect(order).toEqual(['nested:completed']);
  });

  it('has no outcome before the end', () => {
    expect(openScope().scope.outcome).toBeUndefined();
  });
});

/**
 * Ids for calls that come without one: the same for the same answer however it is read, and of no other answer, because
 * a client keeps the calls of a whole conversation apart by them.
 */
export function createCallIds(responseId: string): () => string {
  let calls = 0;
  const prefix = responseId === '' ? 'call' : `call_${responseId}`;
  return () => `${prefix}_${calls++}`;
}

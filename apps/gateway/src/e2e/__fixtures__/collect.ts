/** Everything that a stream brings. Rejects as the stream does. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}

/** What a call fails with; rejects when it does not fail. */
export async function failure(call: PromiseLike<unknown>): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    return error;
  }
  throw new Error(`The call did not fail: ${JSON.stringify(answer)}`);
}

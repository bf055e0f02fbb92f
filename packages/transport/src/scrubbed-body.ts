import type { UpstreamBody } from '@sluice/contract';

/** An error's body, read whole: nobody streams a failure. */
const MAX_BYTES = 33_554_432;

/** A body whose text is changed before anybody sees it. Bytes that `scrub` leaves alone stay what they are. */
export function scrubbedBody(body: UpstreamBody, scrub: (text: string) => string): UpstreamBody {
  const bytes = async (maxBytes: number): Promise<Uint8Array> => {
    const { buffer, byteOffset, byteLength } = await body.bytes(maxBytes);
    const read = Buffer.from(buffer, byteOffset, byteLength);
    // One character for each byte, whatever they mean: secrets are ASCII.
    const text = read.toString('latin1');
    const clean = scrub(text);
    return clean === text ? read : Buffer.from(clean, 'latin1');
  };
  return {
    bytes,
    cancel: () => body.cancel(),
    async *[Symbol.asyncIterator]() {
      yield await bytes(MAX_BYTES);
    },
  };
}

import type { GuardedWriter, StreamScanner } from '@sluice/contract';
import type { AttemptDeadline } from './attempt-deadline.js';
import { readOn } from './hold-back.js';
import type { Beginning } from './hold-back.js';

export interface GuardedBeginning {
  readonly reads: AsyncIterator<Uint8Array>;
  readonly scanner: StreamScanner;
  readonly deadline: AttemptDeadline;
  readonly gate: GuardedWriter;
}

/**
 * Reads on until the guards let something of the answer out: the first text in which they can find nothing any more, or
 * all of it where it is judged as a whole. Rejects with what fails before, a refusal among it: nobody has seen anything.
 */
export async function holdForGuards(first: Beginning, parts: GuardedBeginning): Promise<Beginning> {
  const { scanner, gate } = parts;
  if (scanner.failure) throw scanner.failure;
  const read = gate.isReleased || first.ended || scanner.finished ? first : await readUntilReleased(first, parts);
  if (gate.isReleased || !gate.review) return read;
  const reviewed = Buffer.from(await gate.review());
  return { ...read, held: Buffer.concat([read.held, reviewed]) };
}

async function readUntilReleased(first: Beginning, { gate, ...parts }: GuardedBeginning): Promise<Beginning> {
  parts.deadline.resume();
  try {
    return await readOn(first.held, { ...parts, isEnough: () => gate.isReleased });
  } finally {
    parts.deadline.rest();
  }
}

const ROUNDS = 20;

/**
 * The least of what `measure` says, asked again until that is at most `enough`, `rounds` times at most. A machine that is
 * busy with others makes what is measured longer, and never shorter, so the quickest round says what it takes; what is too
 * slow by itself stays so.
 */
export async function least(measure: () => Promise<number>, enough: number, rounds = ROUNDS): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds && least > enough; round += 1) least = Math.min(least, await measure());
  return least;
}

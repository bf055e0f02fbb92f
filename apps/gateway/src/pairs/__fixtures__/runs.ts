/** How often each property of each pair is tried; `SLUICE_LONG=1` asks for more. */
export const RUNS = { numRuns: process.env['SLUICE_LONG'] ? 1_000 : 25 };

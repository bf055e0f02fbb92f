import fc from 'fast-check';
import { expect, it } from 'vitest';
import { intent, ledgerRig, settlement } from './__fixtures__/ledger-rig.js';
import type { LedgerRig } from './__fixtures__/ledger-rig.js';

interface Run {
  readonly rig: LedgerRig;
  readonly opened: Promise<void>[];
  readonly acknowledged: string[];
  readonly settled: string[];
}

type Step = (run: Run) => void | Promise<void>;

const open: Step = ({ rig, opened, acknowledged }) => {
  const id = `row-${opened.length}`;
  const acknowledge = () => void acknowledged.push(id);
  opened.push(rig.ledger.open(intent(id)).then(acknowledge, () => undefined));
};
const settle: Step = ({ rig, settled }) => {
  const id = `row-${settled.length}`;
  settled.push(id);
  rig.ledger.settle(settlement(id));
};
const turn: Step = ({ rig }) => rig.turn();
const flush: Step = ({ rig }) => rig.ledger.flush().catch(() => undefined);
const breakStore: Step = ({ rig }) => void (rig.fail = true);
const mendStore: Step = ({ rig }) => void (rig.fail = false);
const wait =
  (ms: number): Step =>
  ({ rig }) =>
    rig.clock.advance(ms);

const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.constantFrom(open, settle), weight: 4 },
    { arbitrary: fc.constantFrom(turn, flush, breakStore, mendStore), weight: 2 },
    { arbitrary: fc.integer({ min: 0, max: 300 }).map(wait), weight: 1 },
  ),
  { maxLength: 60 },
);

it('holds every acknowledged intent and every settlement exactly once, whatever fails in between', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const run: Run = { rig: ledgerRig(), opened: [], acknowledged: [], settled: [] };
      for (const step of sequence) await step(run);
      run.rig.fail = false;
      await run.rig.ledger.flush();
      await Promise.all(run.opened);

      expect(run.rig.intents).toEqual(run.acknowledged);
      expect(run.rig.settlements).toEqual(run.settled);
    }),
  );
});

import { ADJUSTMENTS_STEP, FLAGS_STEP, LEDGER_STEP } from './archive-schema.js';
import { DIRECTORY_STEP, ISSUER_STEP } from './directory/schema.js';

/**
 * The schema as steps; every name in them begins with `sluice.`, the schema that is made before the first. Steps are only
 * ever added, never edited. While machines are upgraded one by one, those of the release before go on writing: a step adds
 * what may be absent, and takes nothing away.
 */
export const MIGRATIONS: readonly string[] = [DIRECTORY_STEP, LEDGER_STEP, FLAGS_STEP, ADJUSTMENTS_STEP, ISSUER_STEP];

import type { Feature } from '@sluice/contract';

/** Of an operation that has nothing which a target might lack. */
export const NO_FEATURES: ReadonlySet<Feature> = new Set<Feature>();

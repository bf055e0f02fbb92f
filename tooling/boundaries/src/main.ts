import { readWorkspace, reportAndExit, ROOT } from '@sluice/tooling-workspace';
import { checkBoundaries } from './check-boundaries.js';
import { layers } from './layers.js';

reportAndExit(checkBoundaries(readWorkspace(ROOT), layers));

import { runSteps } from './run-steps.js';
import { steps } from './steps.js';

const green = await runSteps(steps, (text) => process.stdout.write(text));
process.exitCode = green ? 0 : 1;

import { z } from 'zod';
import { OPENAI } from './wires/openai/vendor.js';
import { RequestFault, faultOfStatus, refuse } from './steps.js';
import { faultRules } from './faults/fault-rules.js';
import { scripts } from './scripts.js';
import type { Asked, Plain, Vendor } from './wires/wire.js';
import type { JsonObject } from './question.js';

/** The stand-in's own endpoints need no key. */
const OWN: Vendor = { ...OPENAI, admit() {} };

/**
 * `/sim/v1/faults` and `/sim/v1/scripts`: GET shows what is set, PUT replaces it, DELETE ends it. A body is
 * `{"faults": [...]}` or `{"scripts": {...}}`.
 */
export const control: Plain = {
  vendor: OWN,
  answer(asked) {
    const { subject = '' } = asked.params;
    if (subject === 'faults') return controlFaults(asked);
    if (subject === 'scripts') return controlScripts(asked);
    throw new RequestFault({ ...faultOfStatus(404), message: `There is no /sim/v1/${subject}.` });
  },
};

function controlFaults({ method, body, world }: Asked): JsonObject {
  if (method === 'PUT') world.faults.set(parse(z.strictObject({ faults: faultRules }), body).faults);
  if (method === 'DELETE') world.faults.set([]);
  return { faults: world.faults.rules };
}

function controlScripts({ method, body, world }: Asked): JsonObject {
  if (method === 'PUT') world.scripts.set(parse(z.strictObject({ scripts }), body).scripts);
  if (method === 'DELETE') world.scripts.set({});
  return { scripts: world.scripts.scripts };
}

function parse<T>(schema: z.ZodType<T>, body: JsonObject): T {
  const parsed = schema.safeParse(body);
  return parsed.success ? parsed.data : refuse(z.prettifyError(parsed.error));
}

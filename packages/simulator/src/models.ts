import { MODEL_ROWS, type ModelRow } from './model-table.js';
import { PLAIN, findPersona, type Persona, type VendorName } from './personas.js';
import { auto, type Behaviour } from './behaviours.js';
import { refuseModel } from './steps.js';
import type { Strictness } from './world.js';

/** A name that the simulator answers to. */
export interface SimulatorModel {
  /** A name to call as it stands: `pace-20`. */
  readonly id: string;
  /** How the name is built: `pace-<ms>`. The number may be left out; then it is the one in `id`. */
  readonly form: string;
  /** One line for people. */
  readonly description: string;
}

/** Every model of the simulator, in the order in which `GET /v1/models` lists them. */
export const SIMULATOR_MODELS: readonly SimulatorModel[] = MODEL_ROWS.map(({ name, number, description }) => ({
  id: number ? `${name}-${number.initial}` : name,
  form: number ? `${name}-<${number.unit}>` : name,
  description,
}));

const BY_NAME: ReadonlyMap<string, ModelRow> = new Map(MODEL_ROWS.map((row) => [row.name, row]));

/** A behaviour with its number settled. */
export interface ChosenBehaviour {
  readonly behaviour: Behaviour;
  readonly parameter: number;
}

/** What a model's name asks for; nothing where no model has that name or its number is out of range. */
export function findModel(id: string): ChosenBehaviour | undefined {
  const whole = BY_NAME.get(id);
  if (whole) return { behaviour: whole.behaviour, parameter: whole.number?.initial ?? 0 };
  const [, name = '', digits] = /^(.+)-(\d{1,8})$/.exec(id) ?? [];
  const row = BY_NAME.get(name);
  const parameter = Number(digits);
  if (!row?.number || parameter < row.number.min || parameter > row.number.max) return undefined;
  return { behaviour: row.behaviour, parameter };
}

export interface ChosenModel extends ChosenBehaviour {
  readonly persona: Persona;
}

/**
 * What a vendor's endpoint answers for a model; nothing for one that it does not have. A name is that of a behaviour
 * (`echo`), that of a vendor's model (`gpt-5-mini`), which then answers as `auto` and refuses what that model refuses, or
 * both: `gpt-5-mini+tools`.
 */
export function findChosen(vendor: VendorName, id: string): ChosenModel | undefined {
  const [name = '', ...rest] = id.split('+');
  if (rest.length > 0) {
    const persona = findPersona(vendor, name);
    const chosen = findModel(rest.join('+'));
    return persona && chosen && { ...chosen, persona };
  }
  const chosen = findModel(id);
  if (chosen) return { ...chosen, persona: PLAIN };
  const persona = findPersona(vendor, id);
  return persona && { behaviour: auto, parameter: 0, persona };
}

/** A model of no known family. */
export const ANY: ChosenModel = { behaviour: auto, parameter: 0, persona: PLAIN };

/** The same; throws a 404 for a model that is not there, unless any will do. */
export function chooseModel(vendor: VendorName, id: string, { anyModel }: Partial<Strictness> = {}): ChosenModel {
  return findChosen(vendor, id) ?? (anyModel ? ANY : refuseModel(id));
}

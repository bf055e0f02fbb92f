import type { JsonObject, ModelMode, ReasoningEffort } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { readAbilities } from './litellm-abilities.js';
import { readPrices } from './litellm-prices.js';
import { deniesWrongly, modeOf, placeOf } from './places.js';
import { refusalsOf } from './refusals.js';
import type { Draft } from './draft.js';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** On every model that has efforts at all. */
const USUAL: ReadonlySet<string> = new Set(['low', 'medium', 'high']);

/**
 * The models of litellm's map that the catalogue keeps.
 * PyPI litellm 1.110.2, litellm/model_prices_and_context_window_backup.json
 */
export function readLiteLlm(data: unknown): readonly Draft[] {
  if (!isJsonObject(data)) throw new Error('The map of litellm is no object.');
  const drafts = new Map<string, Draft>();
  for (const [key, entry] of Object.entries(data)) {
    const draft = isJsonObject(entry) ? toDraft(key, entry) : undefined;
    // Of two keys for one name, such as `deepseek-chat` and `deepseek/deepseek-chat`, the plain one comes first.
    const id = draft && JSON.stringify([draft.kind, draft.name]);
    if (id !== undefined && !drafts.has(id)) drafts.set(id, draft as Draft);
  }
  return [...drafts.values()];
}

function toDraft(key: string, entry: JsonObject): Draft | undefined {
  const mode = modeOf(entry['mode']);
  const provider = String(entry['litellm_provider']);
  const place = placeOf(key, provider);
  if (!mode || !place) return undefined;
  const { can, cannot } = readAbilities(entry);
  const efforts = readEfforts(entry);
  const prices = readPrices(entry, mode);
  const facts = {
    modes: toModes(mode, entry),
    can,
    cannot: deniesWrongly(provider) ? [] : cannot,
    efforts,
    defaultEffort: defaultEffortOf(entry),
    refuses: refusalsOf({ ...place, entry, efforts }),
    maxInputTokens: limitOf(entry['max_input_tokens']),
    maxOutputTokens: mode === 'embed' ? undefined : limitOf(entry['max_output_tokens']),
    retiresOn: typeof entry['deprecation_date'] === 'string' ? entry['deprecation_date'] : undefined,
    prices,
  };
  return { ...place, facts };
}

/** A model that is reached over more endpoints than its mode says. */
function toModes(mode: ModelMode, { supported_endpoints: endpoints }: JsonObject): readonly ModelMode[] {
  const alsoChats = mode === 'responses' && Array.isArray(endpoints) && endpoints.includes('/v1/chat/completions');
  return alsoChats ? ['chat'] : [mode];
}

function limitOf(value: unknown): number | undefined {
  const limit = Number(value);
  return Number.isSafeInteger(limit) && limit > 0 ? limit : undefined;
}

function readEfforts(entry: JsonObject): readonly ReasoningEffort[] {
  const { reasoning_effort_levels: levels } = entry;
  if (Array.isArray(levels)) return EFFORTS.filter((effort) => levels.includes(effort));
  const flags = EFFORTS.filter((effort) => typeof entry[`supports_${effort}_reasoning_effort`] === 'boolean');
  if (flags.length === 0 || entry['supports_reasoning'] !== true) return [];
  return EFFORTS.filter((effort) => {
    const flag = entry[`supports_${effort}_reasoning_effort`];
    return flag === true || (flag === undefined && USUAL.has(effort));
  });
}

function defaultEffortOf({ default_reasoning_effort: effort }: JsonObject): ReasoningEffort | undefined {
  return EFFORTS.find((known) => known === effort);
}

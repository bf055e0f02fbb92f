import type {
  Adjustment,
  ChatRequest,
  DialectId,
  JsonObject,
  ModelFacts,
  ParsedCall,
  RawCall,
  SamplingParameter,
} from '@sluice/contract';
import { given, hasParameter, withoutParameters } from '@sluice/toolkit';
import type { Codec } from './codec.js';

type FieldName = Exclude<keyof ChatRequest, 'messages' | 'stream'>;

/** The canonical names of the parameters that a model may refuse. */
const FIELDS: Readonly<Record<string, FieldName>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  logprobs: 'logprobs',
  top_logprobs: 'logprobs',
  seed: 'seed',
  stop: 'stop',
  reasoning: 'reasoning',
} satisfies Record<SamplingParameter | 'reasoning', FieldName>;
const NONE: readonly string[] = [];

/** A call and what it is written as, which is not read for this alone. */
interface LookedAt<Request> {
  readonly parsed: ParsedCall<Request>;
  readonly wire: JsonObject;
}

/**
 * The parameters that the caller gave and the model is known to answer with an error. This is the one place that decides
 * it, for calls that pass through as for those that are translated; of a model that is not known nothing is left out.
 */
export function refusedParameters<Request>(
  { parsed, wire }: LookedAt<Request>,
  dialect: DialectId,
  facts: ModelFacts | undefined,
): readonly string[] {
  if (!facts) return NONE;
  const wishes = parsed.features.includes('reasoning') && facts.cannot.has('reasoning');
  if (!facts.refuses && !wishes) return NONE;
  const given = (parameter: string): boolean => hasParameter(wire, dialect, parameter);
  const sampling = facts.refuses?.parameters.filter(given) ?? NONE;
  const refused = sampling.length > 0 && isRefusing(parsed, facts) ? sampling : NONE;
  return wishes && given('reasoning') ? [...refused, 'reasoning'] : refused;
}

/** Whether the refusal holds for this call: some models take sampling parameters where they do not reason. */
function isRefusing<Request>(parsed: ParsedCall<Request>, { refuses, defaultEffort }: ModelFacts): boolean {
  if (refuses?.when !== 'reasoning' || parsed.features.includes('reasoning')) return true;
  const { reasoning } = parsed.toRequest() as Pick<ChatRequest, 'reasoning'>;
  return (reasoning?.effort ?? defaultEffort) !== 'none';
}

/** A codec that tells the caller also of what was left out before it began. */
export function telling(refused: readonly string[], codec: Codec): Codec {
  if (refused.length === 0) return codec;
  const dropped = refused.map((parameter): Adjustment => ({ parameter, action: 'dropped' }));
  return { ...codec, adjustments: [...dropped, ...codec.adjustments] };
}

/** The bytes of a call without what is refused. */
export function fitRaw(raw: RawCall, dialect: DialectId, refused: readonly string[]): RawCall {
  return refused.length === 0 ? raw : withoutParameters(raw, dialect, refused);
}

/** The call whose canonical form lacks what is refused. */
export function fitParsed<Request>(parsed: ParsedCall<Request>, refused: readonly string[]): ParsedCall<Request> {
  if (refused.length === 0) return parsed;
  const fields = new Set(refused.map((parameter) => FIELDS[parameter]));
  const isKept = ([field]: readonly [string, unknown]): boolean => !fields.has(field as FieldName);
  return {
    ...parsed,
    wire: parsed.wire,
    ...given('adjustments', parsed.adjustments),
    toRequest: () => Object.fromEntries(Object.entries(parsed.toRequest() as object).filter(isKept)) as Request,
  };
}

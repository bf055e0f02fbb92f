import type {
  AnswerSummary,
  ChatRequest,
  CountedTokens,
  DialectId,
  JsonObject,
  OperationName,
  ParsedCall,
  Target,
  TokenCounter,
  Usage,
  UsageSource,
} from '@sluice/contract';
import type { Call } from './call.js';
import { countPrompt as countRequest, estimateTokens } from './estimate.js';
import { choicesOf, outputBound } from './stages/asked-output.js';

/** What is asked, for whom has to estimate by it. */
export interface CallQuestion {
  readonly operation: OperationName | undefined;
  /** In whose words `wire` is. */
  readonly dialect: DialectId | undefined;
  readonly wire: JsonObject;
  /** Absent where nothing but the body is known. */
  readonly parsed?: Pick<ParsedCall<unknown>, 'toRequest'>;
}

/** What an answer has used, and who says so. */
export interface Used {
  readonly usage: Usage | undefined;
  readonly source: UsageSource;
  /** Set where the provider reports what cannot be. */
  readonly isSuspect?: true;
}

export interface UsageParts {
  readonly call: Call;
  readonly facts: Target['facts'];
  readonly tokens: TokenCounter | undefined;
}

/** By so much a provider may count more than was asked for: it may count what ends an answer. */
const TOLERANCE = 1.1;
/** No text has so many characters to a token. */
const MAX_CHARS_PER_TOKEN = 32;

/** What one target used, by what it reports, or by what was seen of its answer. */
export function usageOf(parts: UsageParts): Used {
  const { call } = parts;
  if (call.cache === 'hit') return { usage: undefined, source: 'counted' };
  const { usage, finish, outputChars = 0, isUsageOdd } = call.summary ?? {};
  const written = estimateTokens(outputChars);
  // A stream that was cut reports what it had counted at some earlier point, often next to nothing.
  const isCut = call.stream && !finish;
  if (usage && !(isCut && written > usage.outputTokens)) return withinReason(usage, parts);
  if (written === 0) return withoutOutput(parts);
  const output = countOutput(parts) ?? { tokens: written, isExact: false };
  const input = usage ? { tokens: usage.inputTokens, isExact: true } : countPrompt(parts);
  return {
    usage: { ...usage, inputTokens: input.tokens, outputTokens: output.tokens },
    source: output.isExact && input.isExact ? 'counted' : 'estimated',
    ...(isUsageOdd ? { isSuspect: true } : {}),
  };
}

/** A text that was read aloud is known, whatever the provider says of it. */
function withoutOutput(parts: UsageParts): Used {
  const { characters, summary, asked, scope } = parts.call;
  // Nothing came of what a provider was given: it has read the prompt all the same.
  if (!summary && asked && scope.outcome?.kind === 'client-gone') {
    return { usage: { inputTokens: estimateTokens(parts.call.bodyBytes), outputTokens: 0 }, source: 'estimated' };
  }
  if (!summary || characters === undefined) return { usage: undefined, source: 'unknown' };
  return { usage: { inputTokens: 0, outputTokens: 0, characters }, source: 'counted' };
}

/** What is reported, as far as it can be true: no output beyond what was asked for, none too short for its text. */
function withinReason(usage: Usage, parts: UsageParts): Used {
  const { outputChars = 0, isUsageOdd } = parts.call.summary as AnswerSummary;
  const { inputTokens, outputTokens, reasoningTokens = 0 } = usage;
  const most = mostOutput(parts, reasoningTokens);
  const isShort = isChat(parts) && outputTokens * MAX_CHARS_PER_TOKEN < outputChars;
  const output = isShort ? estimateTokens(outputChars) : Math.min(outputTokens, most);
  const input = inputTokens === 0 && outputChars > 0 && isChat(parts) ? countPrompt(parts).tokens : inputTokens;
  if (output === outputTokens && input === inputTokens) {
    return isUsageOdd ? { usage, source: 'provider', isSuspect: true } : { usage, source: 'provider' };
  }
  const { billed } = usage;
  return {
    usage: {
      ...usage,
      inputTokens: input,
      outputTokens: output,
      ...(billed ? { billed: { ...billed, outputTokens: Math.min(billed.outputTokens, output) } } : {}),
    },
    source: 'provider',
    isSuspect: true,
  };
}

/**
 * The most that the answer can have, by what was asked for and by what the model can write. What it thought is not held
 * against what was asked for: some vendors count it beside that, and adapters ask for more where a model thinks.
 */
function mostOutput(parts: UsageParts, reasoningTokens: number): number {
  const { call, facts } = parts;
  if (!isChat(parts) || !call.question) return Number.POSITIVE_INFINITY;
  const { dialect, wire } = call.question;
  const writable = facts?.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  const choices = choicesOf(dialect, wire);
  const asked = outputBound(dialect, wire, writable) * choices;
  return Math.floor(Math.min(asked + reasoningTokens, Math.max(asked, writable * choices)) * TOLERANCE);
}

function isChat({ call }: UsageParts): boolean {
  return call.question?.operation === 'chat';
}

function countOutput({ call, tokens }: UsageParts): CountedTokens | undefined {
  const model = call.served?.model;
  if (!tokens || model === undefined || !call.outputText) return undefined;
  const { text, share } = call.outputText();
  const counted = text === '' ? undefined : tokens.count([text], model);
  if (!counted || share === 1) return counted;
  return { tokens: Math.ceil(counted.tokens / share), isExact: false };
}

function countPrompt({ call, tokens }: UsageParts): CountedTokens {
  const model = call.served?.model ?? '';
  const byBytes = { tokens: estimateTokens(call.bodyBytes), isExact: false };
  if (call.question?.operation !== 'chat' || !call.question.parsed) return byBytes;
  try {
    return countRequest(call.question.parsed.toRequest() as ChatRequest, (texts) => tokens?.count(texts, model));
  } catch {
    return byBytes;
  }
}

import type { ReasoningEffort, ToolChoice } from '@sluice/contract';

/** How a server is asked to reason. */
export interface ReasoningRules {
  /** The field of the effort, and the levels that it has; an effort between two of them becomes the one above. */
  readonly effort?: {
    readonly field: 'reasoning_effort' | 'reasoning.effort';
    readonly levels: readonly ReasoningEffort[];
  };
  /** The switch, for servers that have no level to mean "not at all". */
  readonly switch?: 'thinking' | 'thinking.adaptive' | 'enable_thinking' | 'reasoning.enabled' | 'chat_template_kwargs';
  readonly budget?: 'thinking_budget' | 'reasoning.max_tokens' | 'thinking.budget_tokens';
  /** The field that keeps the reasoning out of the answer. */
  readonly hidden?: 'reasoning.exclude' | 'include_reasoning';
}

/** Fields that go to some models only. */
export interface ModelRule {
  readonly models: RegExp;
  readonly refused: readonly string[];
}

/** What a server needs to go on with an answer that was begun for it, and what it then says. */
export interface PrefillRules {
  /** The models that do; all where absent. */
  readonly models?: RegExp;
  /** Members of a request that ends so. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Where such a request goes instead. */
  readonly path?: string;
  /** Whether the answer says the beginning again. */
  readonly repeats?: boolean;
}

/** What a server may have beside chat and embeddings. */
export type MediaOperation = 'image' | 'speech' | 'transcription' | 'moderation';

/** What of an operation a server has otherwise than OpenAI. A request that says such a thing does not pass as it came. */
export interface MediaRules {
  /** Where it stands, where not at OpenAI's path. */
  readonly path?: string;
  /** Fields that the server has no place for. They are left out, and the caller is told. */
  readonly refused?: readonly string[];
  /** The values of `response_format` that it knows; where another is asked for, the first of them comes. */
  readonly formats?: readonly string[];
  /** How the size of a picture is said, where not as `1024x1024`: by these values of `aspect_ratio`, or in two fields. */
  readonly size?: 'width-and-height' | readonly string[];
  /** Its word for `b64_json`; true where pictures come so and nothing is said of it. */
  readonly base64?: string | true;
}

/** Where servers of the dialect differ. Data only, so that one more server is one more row. */
export interface ServerRules {
  /** OpenAI renamed it; servers that copied the older API know the older name only. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** None where absent. */
  readonly media?: readonly MediaOperation[];
  readonly mediaRules?: Readonly<Partial<Record<MediaOperation, MediaRules>>>;
  /** The member in which a ranking comes, where it is not `results`: such an answer cannot pass. */
  readonly rankings?: 'data';
  /** Fields that the server has under another name. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Fields that it answers with an error or does not look at. They are left out, and the caller is told. */
  readonly refused?: readonly string[];
  readonly refusedByModel?: readonly ModelRule[];
  /** Fields of the dialect for which the server has a form of its own: a request with one does not pass as it came. */
  readonly foreign?: readonly string[];
  /** Whether `top_k` is known. */
  readonly topK?: boolean;
  readonly reasoning: ReasoningRules;
  /** Under which name the reasoning of earlier turns goes back, and whether only that of turns that called tools. */
  readonly reasoningHistory?: {
    /** `thinking` is a part of the content. */
    readonly field: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'thinking';
    readonly turns: 'with-tools' | 'all';
    /** What stands there for a turn that called tools and has no reasoning, where the server asks for some. */
    readonly fill?: string;
  };
  /** In which form the marks of a prompt cache are understood, and by which models where not by all. */
  readonly cacheMarks?: { readonly form: 'cache_control' | 'prompt_cache_breakpoint'; readonly models?: RegExp };
  /** How a file may come; none where absent. */
  readonly files?: readonly ('base64' | 'url' | 'stored')[];
  /** The type of a document's part, where it is not `file`. */
  readonly documents?: 'document_url' | 'file_url';
  /** `plain`: the base64 stands where OpenAI has an object. */
  readonly sounds?: boolean | 'plain';
  /** False where no image is understood. */
  readonly images?: boolean;
  /** Whether the result of a tool may hold images; else they follow it in a message of the user's. */
  readonly toolImages?: boolean;
  /** Whether images that the model made go back with the message that brought them. */
  readonly ownImages?: boolean;
  /** False where there are no tools. */
  readonly tools?: boolean;
  /** The choices among tools that are known; all where absent. */
  readonly choices?: readonly ToolChoice['type'][];
  /** Whether tools may be others than functions. */
  readonly customTools?: boolean;
  /** What ids of tool calls must look like. */
  readonly toolIds?: 'nine-alphanumeric';
  /** The word for a call that has to be made, where it is not `required`. */
  readonly requiredChoice?: 'any';
  /** Whether a text that a model refused with has a field of its own in earlier turns. */
  readonly refusals?: boolean;
  /** Whether a member of a message that it does not know is an error to the server. */
  readonly strictMessages?: boolean;
  /** `json_object`: a schema is told in words, and JSON is asked for. */
  readonly schemas?: 'json_object';
  /** `schema`: JSON of any form is asked for with the schema of an object. */
  readonly plainJson?: 'schema';
  /** Whether the turns of user and assistant have to alternate. */
  readonly alternates?: boolean;
  /** Its words for OpenAI's tiers; tiers that have none are left out. */
  readonly serviceTiers?: Readonly<Record<string, string>>;
  /** Set on the last message where it is the assistant's, for the model to go on with. */
  readonly prefixField?: 'prefix' | 'partial';
  /** How the server goes on with a last message that is the assistant's. Absent where it is not known to. */
  readonly prefill?: PrefillRules;
  /** Whether usage in a stream has to be asked for with `stream_options`. */
  readonly streamOptions?: boolean;
  /** Whether the server has `/responses` as well. */
  readonly servesResponses?: boolean;
  /** Whether it has `/completions`, the endpoint before chat, or for which models. */
  readonly completions?: boolean | RegExp;
  /** False where there is no `/embeddings`; else where its fields are others. */
  readonly embeddings?: false | Pick<ServerRules, 'renamed' | 'refused'>;
  /** False where there is no `/models`, or one that lists others than can be asked. */
  readonly models?: boolean;
  /** Members of every request. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** False where answers are not what clients of the dialect read, so that bytes cannot pass through. */
  readonly passes?: false;
}

/** What most servers take. A request in their own dialect reaches them as it came. */
export const COMPATIBLE: ServerRules = {
  maxTokensField: 'max_tokens',
  reasoning: {
    effort: { field: 'reasoning_effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] },
  },
  reasoningHistory: { field: 'reasoning_content', turns: 'with-tools' },
  files: ['base64', 'url', 'stored'],
  sounds: true,
  customTools: true,
  refusals: true,
  streamOptions: true,
  completions: true,
};

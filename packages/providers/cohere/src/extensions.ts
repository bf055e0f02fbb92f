/**
 * What a caller may say in the vendor's own words, in a body of any dialect. npm cohere-ai 8.1.0, `V2ChatStreamRequest`,
 * `V2EmbedRequest`.
 */
export const CHAT_FIELDS: ReadonlySet<string> = new Set(['documents', 'citation_options', 'safety_mode', 'priority']);
export const EMBED_FIELDS: ReadonlySet<string> = new Set(['input_type', 'truncate', 'max_tokens', 'priority']);

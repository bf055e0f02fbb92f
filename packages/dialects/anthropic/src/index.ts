export { anthropicCountTokens } from './count-tokens.js';
export { anthropicMessages } from './dialect.js';
export { countTokensSchema, messagesSchema } from './schema.js';
export { writeAnthropicError } from './write-error.js';

export { anthropicMessages } from './dialect.js';
export { messagesSchema } from './schema.js';
export { writeAnthropicError } from './write-error.js';

export { geminiBatchEmbed, geminiEmbed } from './embed.js';
export { geminiCountTokens } from './count-tokens.js';
export { geminiGenerate, geminiStreamGenerate } from './generate.js';
export { batchEmbedContentsSchema, countTokensSchema, embedContentSchema, generateContentSchema } from './schema.js';
export { writeGeminiError } from './write-error.js';

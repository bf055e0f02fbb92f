export { openAiChat } from './chat-dialect.js';
export { chatRequestSchema } from './chat-schema.js';
export { embeddingsRequestSchema, openAiEmbeddings } from './embeddings.js';
export { openAiResponses } from './responses/dialect.js';
export { createResponseMemory } from './responses/memory.js';
export { responsesRequestSchema } from './responses/schema.js';
export { writeModel, writeModelList } from './model-list.js';
export { writeOpenAiError, writeOpenAiStreamError } from './write-error.js';
export type { ResponseMemoryParts } from './responses/memory.js';

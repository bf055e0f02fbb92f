export { openAiChat } from './chat-dialect.js';
export { chatRequestSchema } from './chat-schema.js';
export { embeddingsRequestSchema, openAiEmbeddings } from './embeddings.js';
export { writeModel, writeModelList } from './model-list.js';
export { writeOpenAiError, writeOpenAiStreamError } from './write-error.js';

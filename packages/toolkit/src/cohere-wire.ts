export { readCohereUsage } from './cohere-usage.js';
export { COHERE_RERANK, decodeRerank, inspectRerank } from './cohere-rerank.js';

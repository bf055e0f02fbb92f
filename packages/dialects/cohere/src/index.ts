export { cohereRerank } from './rerank.js';
export { rerankRequestSchema } from './schema.js';

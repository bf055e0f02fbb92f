import { z } from 'zod';

/** A model as callers name it. Control characters have no business in a name that ends up in URLs, logs and headers. */
export const modelName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must hold no control characters');

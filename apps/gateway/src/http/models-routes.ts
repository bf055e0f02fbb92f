import { gatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import type { Answer } from '@sluice/core';
import { writeModel, writeModelList } from '@sluice/dialect-openai';
import { z } from 'zod';
import { jsonContent } from './answers.js';
import type { Route } from './route.js';

const model = z
  .object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'Model' });
const modelList = z.object({ object: z.literal('list'), data: z.array(model) });
const modelId = z.string().meta({ description: 'An alias or provider/model, its slash encoded as %2F.' });

/** Aliases and `provider/model` names that a principal may ask for. */
export type ListModels = (principal: Principal | undefined) => Promise<readonly string[]>;

/** `GET /v1/models` and `GET /v1/models/{id}`. */
export function createModelsRoutes(list: ListModels): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/models',
      access: 'models:list',
      openapi: {
        operationId: 'listModels',
        summary: 'List the models that this key may ask for',
        tags: ['models'],
        responses: { 200: { description: 'The models.', content: jsonContent(modelList) } },
      },
      handle: async ({ principal }) => answer(writeModelList(await list(principal))),
    },
    {
      method: 'GET',
      path: '/v1/models/{id}',
      access: 'models:list',
      openapi: {
        operationId: 'getModel',
        summary: 'Show one model',
        tags: ['models'],
        requestParams: { path: z.object({ id: modelId }) },
        responses: { 200: { description: 'The model.', content: jsonContent(model) } },
      },
      async handle({ principal, params }) {
        const id = params['id'] ?? '';
        if ((await list(principal)).includes(id)) return answer(writeModel(id));
        throw gatewayError('model_not_found', {
          message: `The model "${id}" does not exist here.`,
          details: { param: 'id' },
        });
      },
    },
  ];
}

function answer(body: string): Answer {
  return { kind: 'plain', status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}

import { CREATED_SECONDS } from '../../created.js';
import { OPENAI } from './vendor.js';
import { SIMULATOR_MODELS, chooseModel } from '../../models.js';
import { listPersonas } from '../../personas.js';
import type { Plain } from '../wire.js';
import type { JsonObject } from '../../question.js';

/** `GET /v1/models`: npm openai 7.57.0, resources/models.d.ts */
export const openAiModels: Plain = {
  vendor: OPENAI,
  answer: ({ world }) => ({
    object: 'list',
    data: [
      ...SIMULATOR_MODELS.map(({ id, description }) => ({ ...toModel(id), description })),
      ...(world.strict ? listPersonas('openai').map(({ id }) => toModel(id)) : []),
    ],
  }),
};

/** `GET /v1/models/{model}` */
export const openAiModel: Plain = {
  vendor: OPENAI,
  answer({ params: { model = '' } }) {
    chooseModel('openai', model);
    return toModel(model);
  },
};

function toModel(id: string): JsonObject {
  return { id, object: 'model', created: CREATED_SECONDS, owned_by: 'sluice-simulator' };
}

import {
  anything,
  boolean,
  integer,
  list,
  nullish,
  number,
  oneOf,
  openObject,
  record,
  text,
  type Fields,
  type Shape,
} from '../../shape/shape.js';

/**
 * The body of `Converse` and `ConverseStream`. Fields that the service does not know it overlooks. Source: npm
 * @aws-sdk/client-bedrock-runtime 3.1164.0, models/models_0.d.ts (`ConverseRequest`), with the bounds of
 * docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */

/** A union: an object with one of these fields. */
function union(fields: Fields): Shape {
  const optionalFields = Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, nullish(shape)]));
  return openObject(optionalFields);
}

const bytes = union({ bytes: text(), s3Location: record });
const image = openObject({ format: oneOf('png', 'jpeg', 'gif', 'webp'), source: bytes });
const document = openObject({
  format: nullish(oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md')),
  name: text({ min: 1, max: 200 }),
  source: union({ bytes: text(), s3Location: record, text: text(), content: list(record) }),
});
const cachePoint = openObject({ type: oneOf('default'), ttl: nullish(oneOf('5m', '1h')) });

const content = union({
  text: text(),
  image,
  document,
  video: record,
  audio: record,
  toolUse: openObject({ toolUseId: text({ min: 1, max: 64 }), name: text({ min: 1, max: 64 }), input: anything }),
  toolResult: openObject({
    toolUseId: text({ min: 1, max: 64 }),
    content: list(union({ text: text(), json: anything, image, document, video: record, searchResult: record })),
    status: nullish(oneOf('success', 'error')),
  }),
  guardContent: record,
  cachePoint,
  reasoningContent: union({
    reasoningText: openObject({ text: text(), signature: nullish(text()) }),
    redactedContent: text(),
  }),
  citationsContent: record,
  searchResult: record,
});

export const CONVERSE_BODY = openObject({
  messages: nullish(list(openObject({ role: oneOf('user', 'assistant'), content: list(content) }))),
  system: nullish(list(union({ text: text({ min: 1 }), guardContent: record, cachePoint }))),
  inferenceConfig: nullish(
    openObject({
      maxTokens: nullish(integer({ min: 1 })),
      temperature: nullish(number({ min: 0, max: 1 })),
      topP: nullish(number({ min: 0, max: 1 })),
      stopSequences: nullish(list(text({ min: 1 }), { max: 2_500 })),
    }),
  ),
  toolConfig: nullish(
    openObject({
      tools: list(
        union({
          toolSpec: openObject({
            name: text({ min: 1, max: 64 }),
            description: nullish(text({ min: 1 })),
            inputSchema: union({ json: record }),
            strict: nullish(boolean),
          }),
          systemTool: record,
          cachePoint,
        }),
        { min: 1 },
      ),
      toolChoice: nullish(union({ auto: record, any: record, tool: openObject({ name: text({ min: 1 }) }) })),
    }),
  ),
  guardrailConfig: nullish(record),
  additionalModelRequestFields: nullish(anything),
  promptVariables: nullish(record),
  additionalModelResponseFieldPaths: nullish(list(text())),
  requestMetadata: nullish(record),
  performanceConfig: nullish(openObject({ latency: nullish(oneOf('standard', 'optimized')) })),
  serviceTier: nullish(record),
  outputConfig: nullish(
    openObject({
      textFormat: nullish(
        openObject({
          type: oneOf('json_schema'),
          structure: union({
            jsonSchema: openObject({ schema: text(), name: nullish(text()), description: nullish(text()) }),
          }),
        }),
      ),
      effort: nullish(text()),
    }),
  ),
});

import { isObject, objects, textOr, type JsonObject } from '../../question.js';
import { isSigned, unseal } from '../../signer.js';
import { refuse } from '../../steps.js';
import type { Persona } from '../../personas.js';

/**
 * What Converse refuses in a body whose fields are each well formed. Sources:
 * docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html and .../tool-use-inference-call.html; the
 * answers as users quote them in github.com/aws/aws-sdk-js-v3/issues, github.com/langchain-ai/langchain-aws/issues and
 * github.com/strands-agents/sdk-python/issues.
 */
export function checkConverse(body: JsonObject, persona: Persona): void {
  const messages = objects(body['messages']);
  checkOrder(messages, persona);
  messages.forEach(checkContent);
  checkToolBlocks(messages, body['toolConfig']);
  checkToolConfig(body['toolConfig']);
  checkModelFields(body, persona);
}

/** An error that the model's own service reported. */
function refuseByModel(message: string): never {
  refuse(`The model returned the following errors: ${message}`);
}

function checkOrder(messages: readonly JsonObject[], { prefill }: Persona): void {
  if (messages[0]?.['role'] !== 'user') {
    refuse(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  if (messages.some(({ role }, index) => index > 0 && role === messages[index - 1]?.['role'])) {
    refuse(
      'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
    );
  }
  if (messages.at(-1)?.['role'] === 'assistant' && !prefill) {
    refuseByModel(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
}

function checkContent({ content, role }: JsonObject, index: number): void {
  const blocks = objects(content);
  const at = `messages.${index}`;
  if (blocks.length === 0) {
    refuse(
      `The content field in the Message object at ${at} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  blocks.forEach((block, place) => {
    if (Object.keys(block).length !== 1)
      refuse(`The ContentBlock object at ${at}.content.${place} must set one of its fields.`);
    if (typeof block['text'] === 'string' && block['text'].trim() === '') {
      refuse(
        `The text field in the ContentBlock object at ${at}.content.${place} is blank. Add text to the text field, and try again.`,
      );
    }
    if (isObject(block['document'])) checkDocument(block['document'], blocks);
    if (isObject(block['reasoningContent'])) checkReasoning(block['reasoningContent'], `${at}.content.${place}`, role);
  });
}

function checkDocument({ name }: JsonObject, blocks: readonly JsonObject[]): void {
  if (!/^[a-zA-Z0-9\-()[\] ]+$/.test(textOr(name, '')) || /\s{2}/.test(textOr(name, ''))) {
    refuse(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    );
  }
  if (!blocks.some(({ text }) => typeof text === 'string')) {
    refuse('A text content block must accompany a document. Add a text block to the content field and try again.');
  }
}

function checkReasoning(
  { reasoningText: shown, redactedContent: redacted }: JsonObject,
  place: string,
  role: unknown,
): void {
  if (role !== 'assistant') refuse(`The reasoningContent block at ${place} may only be in an assistant message.`);
  if (isObject(shown) && !isSigned('bedrock', textOr(shown['text'], ''), textOr(shown['signature'], ''))) {
    refuseByModel(`${place}: Invalid \`signature\` in \`thinking\` block`);
  }
  if (typeof redacted === 'string' && unseal('bedrock', Buffer.from(redacted, 'base64').toString()) === undefined) {
    refuseByModel(`${place}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
}

const idsOf = (message: JsonObject | undefined, name: 'toolUse' | 'toolResult'): readonly string[] =>
  objects(message?.['content']).flatMap((block) => {
    const inner = block[name];
    return isObject(inner) ? [textOr(inner['toolUseId'], '')] : [];
  });

function checkToolBlocks(messages: readonly JsonObject[], toolConfig: unknown): void {
  messages.forEach((message, index) => {
    const uses = idsOf(message, 'toolUse');
    const results = idsOf(message, 'toolResult');
    if ((uses.length > 0 || results.length > 0) && !isObject(toolConfig)) {
      refuse('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
    }
    if (new Set(uses).size < uses.length)
      refuse(`The toolUse blocks at messages.${index}.content contain duplicate Ids: ${uses.join(', ')}`);
    const called = idsOf(messages[index - 1], 'toolUse');
    const open = called.filter((id) => !results.includes(id));
    if (open.length > 0)
      refuse(`Expected toolResult blocks at messages.${index}.content for the following Ids: ${open.join(', ')}`);
    if (results.some((id) => !called.includes(id))) {
      refuse(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    }
  });
  const last = idsOf(messages.at(-1), 'toolUse');
  if (last.length > 0)
    refuse(
      `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${last.join(', ')}`,
    );
}

const NAME = /^[a-zA-Z0-9_-]+$/;

function checkToolConfig(toolConfig: unknown): void {
  if (!isObject(toolConfig)) return;
  const names = objects(toolConfig['tools']).map(({ toolSpec }) =>
    isObject(toolSpec) ? textOr(toolSpec['name'], '') : undefined,
  );
  names.forEach((name, index) => {
    if (name === undefined || NAME.test(name)) return;
    refuse(
      `1 validation error detected: Value '${name}' at 'toolConfig.tools.${index + 1}.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
  });
  const { toolChoice } = toolConfig;
  const named =
    isObject(toolChoice) && isObject(toolChoice['tool']) ? textOr(toolChoice['tool']['name'], '') : undefined;
  if (named !== undefined && !names.includes(named)) {
    refuse(`The tool ${named} in toolConfig.toolChoice is not among the tools of toolConfig.`);
  }
}

function checkModelFields(body: JsonObject, { sampling, thinking: ways, maxOutputTokens }: Persona): void {
  const inference = isObject(body['inferenceConfig']) ? body['inferenceConfig'] : {};
  const { temperature, topP, maxTokens } = inference;
  if (!sampling && (temperature ?? undefined) !== undefined)
    refuseByModel('`temperature` is deprecated for this model.');
  if (!sampling && (topP ?? undefined) !== undefined) refuseByModel('`top_p` is deprecated for this model.');
  if (typeof maxTokens === 'number' && maxTokens > maxOutputTokens) {
    refuse(
      `The maximum tokens you requested exceeds the model limit of ${maxOutputTokens}. Try again with a maximum tokens value that is lower than ${maxOutputTokens}.`,
    );
  }
  const extra = body['additionalModelRequestFields'];
  const thinking = isObject(extra) ? extra['thinking'] : undefined;
  if (!isObject(thinking) || thinking['type'] === 'disabled') return;
  if (thinking['type'] === 'enabled' && !ways.includes('budget')) {
    refuseByModel(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    );
  }
  if (thinking['type'] === 'adaptive' && !ways.includes('adaptive')) {
    refuseByModel(
      "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
    );
  }
  if (thinking['type'] !== 'enabled') return;
  const budget = Number(thinking['budget_tokens']);
  if (!(budget >= 1_024))
    refuseByModel('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  if (typeof maxTokens === 'number' && maxTokens <= budget)
    refuseByModel('`max_tokens` must be greater than `thinking.budget_tokens`.');
  if (temperature !== undefined && temperature !== null && temperature !== 1) {
    refuseByModel('`temperature` may only be set to 1 when thinking is enabled.');
  }
}

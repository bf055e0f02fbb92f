import type { Feature, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';

/** What the call needs of a target. */
export function toFeatures({ tools, messages, output_config: output, thinking }: JsonObject): readonly Feature[] {
  const features: Feature[] = [];
  if (Array.isArray(tools) && tools.length > 0) features.push('tools');
  if (Array.isArray(messages) && messages.some(({ content }: JsonObject) => holdsImage(content)))
    features.push('vision');
  if (isJsonObject(output) && output.format) features.push('json-schema');
  const thinks = isJsonObject(thinking) && thinking.type !== 'disabled';
  if (thinks || (isJsonObject(output) && output.effort)) features.push('reasoning');
  return features;
}

function holdsImage(content: unknown): boolean {
  if (!Array.isArray(content)) return false;
  return content.some((block: JsonObject) => block.type === 'image' || holdsImage(block.content));
}

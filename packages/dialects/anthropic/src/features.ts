import type { Feature, JsonObject } from '@sluice/contract';
import { isJsonObject } from '@sluice/toolkit';
import { isVendorTool } from './to-tools.js';

/** What the call needs of a target. Tools that the vendor runs itself are none: a target without them drops them. */
export function toFeatures({ tools, messages, output_config: output, thinking }: JsonObject): readonly Feature[] {
  const features: Feature[] = [];
  const told = Array.isArray(messages) ? messages.filter(isJsonObject) : [];
  if (Array.isArray(tools) && tools.some((tool: JsonObject) => !isVendorTool(tool))) features.push('tools');
  if (told.some(({ content }) => holds(content, 'image'))) features.push('vision');
  if (told.some(({ content }) => holds(content, 'document'))) features.push('files');
  if (isJsonObject(output) && output.format) features.push('json-schema');
  const thinks = isJsonObject(thinking) && thinking.type !== 'disabled';
  if (thinks || (isJsonObject(output) && output.effort)) features.push('reasoning');
  return features;
}

/** Blocks nest in results of tools, and in documents. */
function holds(content: unknown, type: string): boolean {
  if (!Array.isArray(content)) return false;
  return content.some((block: JsonObject) => {
    if (block.type === type || holds(block.content, type)) return true;
    return isJsonObject(block.source) && holds(block.source.content, type);
  });
}

import { UNSAFE_URL, isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';
import { byType, cacheControl, record, textOr } from './schema-parts.js';

/*
 * The blocks of a message. Fields: npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts, `ContentBlockParam`.
 * What the vendor's own tools leave in a conversation is looked at no further than it is needed to tell it apart.
 */

const id = z.string().min(1);
const citations = z.object({ enabled: z.boolean().optional() }).nullish();
const caller = z.object({ type: z.string() }).nullish();

export const textBlock = z.object({
  type: z.literal('text'),
  text: z.string(),
  citations: z.array(record).nullish(),
  cache_control: cacheControl,
});

const bytes = z.object({ media_type: z.string(), data: z.string() });
const url = z.object({ url: z.string().min(1).refine(isSafeUrl, UNSAFE_URL) });
const file = z.object({ file_id: z.string() });
const imageSource = byType({ base64: () => bytes, url: () => url, file: () => file });
const documentSource = byType({
  base64: () => bytes,
  text: () => bytes,
  url: () => url,
  file: () => file,
  content: () => contentSource,
});
const blocks = z.lazy(() => textOr(z.array(block)));
const contentSource = z.object({ content: blocks });

const imageBlock = z.object({ source: imageSource, cache_control: cacheControl });
const documentBlock = z.object({
  source: documentSource,
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations,
  cache_control: cacheControl,
});
const searchResultBlock = z.object({
  content: z.array(textBlock),
  source: z.string(),
  title: z.string(),
  citations,
  cache_control: cacheControl,
});
const toolUseBlock = z.object({ id, name: id, input: record, caller, cache_control: cacheControl });
const toolResultBlock = z.object({
  tool_use_id: id,
  content: blocks.optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl,
});
const serverToolUseBlock = z.object({ id, name: id, input: z.unknown(), caller, cache_control: cacheControl });
const serverToolResultBlock = z.object({ tool_use_id: id, cache_control: cacheControl });
const thinkingBlock = z.object({ thinking: z.string(), signature: z.string() });
const redactedThinkingBlock = z.object({ data: z.string() });
const containerUploadBlock = z.object({ file_id: z.string(), cache_control: cacheControl });

/** Any block, wherever it stands. */
export const block: z.ZodType = byType({
  text: () => textBlock,
  image: () => imageBlock,
  document: () => documentBlock,
  search_result: () => searchResultBlock,
  tool_use: () => toolUseBlock,
  tool_result: () => toolResultBlock,
  thinking: () => thinkingBlock,
  redacted_thinking: () => redactedThinkingBlock,
  server_tool_use: () => serverToolUseBlock,
  mcp_tool_use: () => serverToolUseBlock,
  mcp_tool_result: () => serverToolResultBlock,
  web_search_tool_result: () => serverToolResultBlock,
  web_fetch_tool_result: () => serverToolResultBlock,
  code_execution_tool_result: () => serverToolResultBlock,
  bash_code_execution_tool_result: () => serverToolResultBlock,
  text_editor_code_execution_tool_result: () => serverToolResultBlock,
  tool_search_tool_result: () => serverToolResultBlock,
  container_upload: () => containerUploadBlock,
});

import { anthropicClient } from './clients/anthropic-messages.js';
import { geminiClient } from './clients/gemini-generate.js';
import { openAiChatClient } from './clients/openai-chat.js';
import { openAiResponsesClient } from './clients/openai-responses.js';
import type { Client } from './clients/client.js';

/** The dialects in which clients chat. */
export const CLIENTS: readonly Client[] = [openAiChatClient, openAiResponsesClient, anthropicClient, geminiClient];

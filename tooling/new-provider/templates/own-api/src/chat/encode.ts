import type { ChatRequest, Encoded, Target } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';

export type Headers = Readonly<Record<string, string>>;

/** The vendor's request for a chat. Pure: equal arguments give equal bytes. */
export function encodeChat(request: ChatRequest, target: Target, headers: Headers): Encoded {
  return {
    request: {
      method: 'POST',
      url: endpoint(target.baseUrl, 'chat'),
      headers,
      body: JSON.stringify({ model: target.model, stream: request.stream }),
    },
    adjustments: [],
  };
}

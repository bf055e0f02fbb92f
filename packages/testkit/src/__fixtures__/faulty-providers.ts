import type {
  ChatEvent,
  ChatRequest,
  ChatResult,
  Operation,
  Passthrough,
  Provider,
  ProviderDefinition,
  StreamDecoder,
  StreamScanner,
} from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { z } from 'zod';
import { bodyText } from '../suite-subject.js';
import { toy, type ToySettings } from './toy-provider.js';

type Chat = Operation<ChatRequest, ChatResult, ChatEvent>;

/** An adapter with one fault, and a test that must find it. */
export interface FaultyProvider {
  readonly fault: string;
  readonly foundBy: string;
  readonly definition: ProviderDefinition<ToySettings>;
}

function withProvider(change: (provider: Provider) => Provider): ProviderDefinition<ToySettings> {
  return { ...toy, create: (settings, deps) => change(toy.create(settings, deps)) };
}
function withChat(change: (chat: Chat) => Chat): ProviderDefinition<ToySettings> {
  return withProvider((provider) => ({ ...provider, operations: { chat: change(provider.operations.chat as Chat) } }));
}
function withDecoder(change: (decoder: StreamDecoder<ChatEvent>) => StreamDecoder<ChatEvent>) {
  return withChat((chat) => ({
    ...chat,
    stream: {
      framing: 'sse',
      open: (head, target) => change((chat.stream as Required<Chat>['stream']).open(head, target)),
    },
  }));
}
function withPassthrough(change: (passthrough: Passthrough) => Partial<Passthrough>) {
  return withChat((chat) => {
    const sound = chat.passthroughs?.[0] as Passthrough;
    return { ...chat, passthroughs: [{ ...sound, ...change(sound) }] };
  });
}
function withScanner(change: (scanner: StreamScanner) => Partial<StreamScanner>) {
  return withPassthrough((sound) => ({
    scanner: (call) => {
      const scanner = (sound as Required<Passthrough>).scanner(call);
      const changed = change(scanner);
      return {
        push: (read) => (changed.push ?? ((bytes) => scanner.push(bytes)))(read),
        end: () => (changed.end ?? (() => scanner.end()))(),
        summary: () => (changed.summary ?? (() => scanner.summary()))(),
        get committed() {
          return changed.committed ?? scanner.committed;
        },
        get finished() {
          return scanner.finished;
        },
        get progress() {
          return scanner.progress;
        },
        get failure() {
          return scanner.failure;
        },
      };
    },
  }));
}

const EMPTY = new Uint8Array();
let encodings = 0;

export const FAULTY_PROVIDERS: readonly FaultyProvider[] = [
  {
    fault: 'encode changes its argument',
    foundBy: 'gives the recorded body',
    definition: withChat((chat) => ({
      ...chat,
      encode: (request, target) => chat.encode(Object.assign(request, { temperature: 1 }), target),
    })),
  },
  {
    fault: 'encode differs from call to call',
    foundBy: 'gives the same bytes again, its argument untouched',
    definition: withChat((chat) => ({
      ...chat,
      encode(request, target) {
        const encoded = chat.encode(request, target);
        return { ...encoded, request: { ...encoded.request, body: `${String(encoded.request.body)}${' '.repeat(encodings++)}` } };
      },
    })),
  },
  {
    fault: 'encode drops a parameter in silence',
    foundBy: 'lists exactly the parameters that it could not carry',
    definition: withChat((chat) => ({
      ...chat,
      encode: (request, target) => ({
        ...chat.encode(request, target),
        adjustments: [{ parameter: 'seed', action: 'dropped' }],
      }),
    })),
  },
  {
    fault: 'encode leaves the address of the target',
    foundBy: "stays within the target's address",
    definition: withChat((chat) => ({
      ...chat,
      encode(request, target) {
        const encoded = chat.encode(request, target);
        return { ...encoded, request: { ...encoded.request, url: new URL('http://elsewhere.example/chat') } };
      },
    })),
  },
  {
    fault: 'decode takes what is left of a cut answer',
    foundBy: 'refuses the answer cut at any byte',
    definition: withChat((chat) => ({
      ...chat,
      decode(body, head, target) {
        const whole = body.at(-1) === 0x7d || body.length < 200;
        return chat.decode(whole ? body : Buffer.from('{"choices":[{"message":{"content":""}}]}'), head, target);
      },
    })),
  },
  {
    fault: 'a cut stream ends well',
    foundBy: 'never takes a stream cut between two frames for a whole one',
    definition: withDecoder((decoder) => ({ push: (frame) => decoder.push(frame), end: () => [] })),
  },
  {
    fault: 'a stream forgets usage',
    foundBy: 'keeps the order of events and reports usage',
    definition: withDecoder((decoder) => ({
      push: (frame) => decoder.push(frame).filter(({ type }) => type !== 'usage'),
      end: () => decoder.end(),
    })),
  },
  {
    fault: 'a stream leaves its part open',
    foundBy: 'keeps the order of events and reports usage',
    definition: withDecoder((decoder) => ({
      push: (frame) => decoder.push(frame).filter(({ type }) => type !== 'part-end'),
      end: () => decoder.end(),
    })),
  },
  {
    fault: 'an error inside a stream is passed over',
    foundBy: 'reports the error inside the stream',
    definition: withDecoder((decoder) => ({
      push: (frame) => (frame.data.includes('"error"') ? [] : decoder.push(frame)),
      end: () => decoder.end(),
    })),
  },
  {
    fault: 'the decoder breaks on an odd frame',
    foundBy: 'takes the frame',
    definition: withDecoder((decoder) => ({
      push(frame) {
        if (frame.data !== '[DONE]') JSON.parse(frame.data);
        return decoder.push(frame);
      },
      end: () => decoder.end(),
    })),
  },
  {
    fault: 'classify throws on an odd body',
    foundBy: 'gives an error of the table for whatever a vendor answers',
    definition: withProvider((provider) => ({
      ...provider,
      classify(failure) {
        if (failure.stage === 'status' && failure.body.length > 0) JSON.parse(Buffer.from(failure.body).toString());
        return provider.classify(failure);
      },
    })),
  },
  {
    fault: 'classify repeats the vendor word for word',
    foundBy: 'keeps a key that a 400 quotes to itself',
    definition: withProvider((provider) => ({
      ...provider,
      classify(failure) {
        const { code, details } = provider.classify(failure);
        const message = failure.stage === 'status' ? Buffer.from(failure.body).toString() : '';
        return gatewayError(code, { message, details });
      },
    })),
  },
  {
    fault: 'classify takes no notice of Retry-After',
    foundBy: 'reads Retry-After: 2 as 2000 ms',
    definition: withProvider((provider) => ({
      ...provider,
      classify(failure) {
        const { code, details } = provider.classify(failure);
        return failure.stage === 'transport'
          ? failure.error
          : gatewayError(code, { details: { upstreamStatus: details.upstreamStatus ?? 0 } });
      },
    })),
  },
  {
    fault: 'the key goes into the URL',
    foundBy: 'puts a configured secret into a header, and nowhere else',
    definition: withProvider((provider) => ({
      ...provider,
      async authorize(request, signal) {
        const { headers } = await provider.authorize(request, signal);
        return { ...request, url: new URL(`?key=${headers['authorization']?.slice(7)}`, request.url) };
      },
    })),
  },
  {
    fault: 'settings take anything',
    foundBy: 'refuses a setting that it does not know',
    definition: {
      ...toy,
      settings: z.looseObject({ kind: z.literal('toy'), apiKey: z.strictObject({ env: z.string() }) }),
    },
  },
  {
    fault: 'pass-through parses and writes again',
    foundBy: 'replaces the model and keeps every other byte',
    definition: withPassthrough((sound) => ({
      encode(call, target) {
        const request = sound.encode(call, target);
        return { ...request, body: JSON.stringify(JSON.parse(bodyText(request))) };
      },
    })),
  },
  {
    fault: 'pass-through forwards every header of the caller',
    foundBy: "takes none of the caller's credentials, cookies and addresses along",
    definition: withPassthrough((sound) => ({
      encode: (call, target) => ({ ...sound.encode(call, target), headers: { cookie: String(call.headers['cookie']) } }),
    })),
  },
  {
    fault: 'inspect makes up for a cut answer',
    foundBy: 'refuses the answer cut at any byte',
    definition: withPassthrough(() => ({ inspect: () => ({}) })),
  },
  {
    fault: 'the scanner forwards half a frame',
    foundBy: 'lets every byte through, whole frames only, however they come',
    definition: withScanner((scanner) => ({
      push(read) {
        scanner.push(read);
        return read;
      },
    })),
  },
  {
    fault: 'the scanner takes a cut stream for a whole one',
    foundBy: 'never takes a stream cut anywhere for a whole one',
    definition: withScanner(() => ({ end: () => EMPTY })),
  },
  {
    fault: 'the scanner forgets usage',
    foundBy: 'finds model, finish and usage, however the bytes come',
    definition: withScanner((scanner) => ({
      summary() {
        const { usage: _, ...rest } = scanner.summary();
        return rest;
      },
    })),
  },
  {
    fault: 'the scanner commits before there is content',
    foundBy: 'commits to the answer by its end, and on its first frame only where that brings content',
    definition: withScanner(() => ({ committed: true })),
  },
  {
    fault: 'the scanner shows usage that the caller did not ask for',
    foundBy: 'keeps a usage chunk from a caller that did not ask for it',
    definition: withPassthrough((sound) => ({
      scanner: (call) => (sound as Required<Passthrough>).scanner({ ...call, wantsUsage: true }),
    })),
  },
  {
    fault: 'the list of models is made up',
    foundBy: 'as a list of models',
    definition: withProvider((provider) => ({
      ...provider,
      models: { ...(provider.models as Required<Provider>['models']), decode: () => ['toy-1'] },
    })),
  },
];

import type { ChatDialect, ChatEvent } from '@sluice/contract';
import { toyDialect } from './toy-dialect.js';

/** A dialect with one fault, and a test that must find it. */
export interface FaultyDialect {
  readonly fault: string;
  readonly foundBy: string;
  readonly dialect: ChatDialect;
}

function withWriter(write: (event: ChatEvent, sound: string) => string): ChatDialect {
  return {
    ...toyDialect,
    stream: {
      open(context) {
        const sound = (toyDialect as Required<ChatDialect>).stream.open(context);
        return { write: (event) => write(event, sound.write(event)) };
      },
    },
  };
}

export const FAULTY_DIALECTS: readonly FaultyDialect[] = [
  {
    fault: 'parse changes the body',
    foundBy: 'gives the recorded request, the same each time',
    dialect: { ...toyDialect, parse: (body) => toyDialect.parse(Object.assign(body as object, { stream: false })) },
  },
  {
    fault: 'parse gives a body of its own',
    foundBy: 'keeps model, stream and the body as the caller wrote them',
    dialect: { ...toyDialect, parse: (body) => ({ ...toyDialect.parse(body), wire: {} }) },
  },
  {
    fault: 'parse takes what is no object',
    foundBy: 'refuses null as a request',
    dialect: { ...toyDialect, parse: (body) => toyDialect.parse(body ?? { model: 'm', ask: '' }) },
  },
  {
    fault: 'parse breaks where it should refuse',
    foundBy: 'refuses nothing as a request',
    dialect: { ...toyDialect, parse: (body) => toyDialect.parse({ ...(body as { model: string }), model: (body as { model: string }).model }) },
  },
  {
    fault: 'an answer lacks its text',
    foundBy: 'writes the answer chat-text',
    dialect: { ...toyDialect, writeResult: () => '{}' },
  },
  {
    fault: 'a stream ends twice',
    foundBy: 'ends exactly once, with its last frame',
    dialect: withWriter((event, sound) => (event.type === 'finish' ? sound + sound : sound)),
  },
  {
    fault: 'a stream ends before its finish',
    foundBy: 'does not end a stream that breaks off',
    dialect: withWriter((event, sound) => (event.type === 'part-end' ? 'data: [END]\n\n' : sound)),
  },
  {
    fault: 'a frame comes in halves',
    foundBy: 'writes whole frames only',
    dialect: withWriter((event, sound) => (event.type === 'text-delta' ? sound.slice(0, -1) : `\n${sound}`)),
  },
  {
    fault: 'every error is a 500',
    foundBy: 'writes invalid_json with the status of the table',
    dialect: { ...toyDialect, writeError: (error, context) => ({ ...toyDialect.writeError(error, context), status: 500 }) },
  },
  {
    fault: 'an error shows its cause',
    foundBy: 'does not show what is inside an error',
    dialect: {
      ...toyDialect,
      writeError: (error, context) => ({ ...toyDialect.writeError(error, context), body: `${error.message} ${String(error.cause)}` }),
    },
  },
  {
    fault: "the provider's limit is called so",
    foundBy: "tells a provider's limit as a limit like any other",
    dialect: {
      ...toyDialect,
      writeError: (error, context) => ({ ...toyDialect.writeError(error, context), body: `${error.code} ${error.message}` }),
    },
  },
  {
    fault: 'the wait is left out',
    foundBy: 'says how long to wait, in whole seconds and never none',
    dialect: {
      ...toyDialect,
      writeError: (error, context) => ({
        ...toyDialect.writeError(error, context),
        headers: { 'content-type': 'application/json; charset=utf-8' },
      }),
    },
  },
  {
    fault: 'a late failure ends well',
    foundBy: 'reports a late failure in one frame that is no good end',
    dialect: { ...toyDialect, writeStreamError: () => 'data: [END]\n\n' },
  },
];

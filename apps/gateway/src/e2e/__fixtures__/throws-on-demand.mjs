import { subscribe } from 'node:diagnostics_channel';

/** Loaded before the gateway: a chat with a provider whose path says so goes wrong where nothing catches it. */
subscribe('undici:request:create', ({ request: { path } }) => {
  if (path === '/throw/v1/chat/completions') {
    setTimeout(() => {
      throw new Error('thrown in a timer');
    }, 10);
  }
  if (path === '/reject/v1/chat/completions') void Promise.reject(new Error('rejected'));
});

/**
 * What a caller may say in the server's own words, in a body of any dialect: how long the model stays loaded, options such
 * as `num_ctx`, and whether a prompt that does not fit is cut. https://docs.ollama.com/api/chat
 */
export const OLLAMA_FIELDS: ReadonlySet<string> = new Set(['keep_alive', 'options', 'truncate', 'shift']);

/**
 * Unless the caller says otherwise, a prompt that does not fit is refused: the server would leave out its beginning and
 * tell nobody. Servers before 0.12.6 know no such field and go on cutting chats.
 */
export const TRUNCATE = false;

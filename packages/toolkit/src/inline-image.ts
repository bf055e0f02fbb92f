/** A picture that stands in its own address. */
export interface InlineImage {
  readonly mediaType: string;
  readonly base64: string;
}

const BEGINNING = /^data:(image\/[\w.+-]+);base64,/;

/** The image that an address holds in itself; nothing for any other address or text. https://www.rfc-editor.org/rfc/rfc2397 */
export function readInlineImage(text: string): InlineImage | undefined {
  if (!text.startsWith('data:image/')) return undefined;
  const [beginning, mediaType] = BEGINNING.exec(text) ?? [];
  return beginning !== undefined && mediaType !== undefined
    ? { mediaType, base64: text.slice(beginning.length) }
    : undefined;
}

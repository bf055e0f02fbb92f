import type { UploadedFile } from '@sluice/contract';

/** One field of a form. */
export type FormField = readonly [name: string, value: string | UploadedFile];

/** A form in pieces, to be sent one after the other. */
export interface WrittenForm {
  readonly body: readonly Uint8Array[];
  readonly contentType: string;
}

/**
 * A `multipart/form-data` body. Pure: the boundary follows from what must not hold it, so that equal fields give equal
 * bytes. https://www.rfc-editor.org/rfc/rfc7578
 */
export function writeForm(fields: readonly FormField[]): WrittenForm {
  const boundary = boundaryFor(fields);
  const pieces: Uint8Array[] = [];
  for (const [name, value] of fields) {
    if (typeof value === 'string') pieces.push(Buffer.from(`${head(boundary, name)}\r\n\r\n${value}\r\n`));
    else {
      const { filename, mediaType, bytes } = value;
      const type = mediaType === '' ? 'application/octet-stream' : withoutLines(mediaType);
      const lead = `${head(boundary, name)}; filename="${escape(filename)}"\r\ncontent-type: ${type}\r\n\r\n`;
      pieces.push(Buffer.from(lead), bytes, Buffer.from('\r\n'));
    }
  }
  return {
    body: [...pieces, Buffer.from(`--${boundary}--\r\n`)],
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function head(boundary: string, name: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${escape(name)}"`;
}

/** As browsers escape names. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data */
function escape(text: string): string {
  return text.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function withoutLines(text: string): string {
  return text.replaceAll(/[\r\n]/g, '');
}

function boundaryFor(fields: readonly FormField[]): string {
  for (let n = 0; ; n += 1) {
    const boundary = `sluice-form-${n}`;
    if (!fields.some(([, value]) => holds(value, `--${boundary}`))) return boundary;
  }
}

function holds(value: string | UploadedFile, mark: string): boolean {
  if (typeof value === 'string') return value.includes(mark);
  const { buffer, byteOffset, byteLength } = value.bytes;
  return Buffer.from(buffer, byteOffset, byteLength).includes(mark);
}

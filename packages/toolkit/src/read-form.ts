import { isUtf8 } from 'node:buffer';
import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import type { FormField } from './multipart.js';

/** RFC 2046 section 5.1.1. */
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([\w'()+,./:=?-]{1,70}))\s*(?:;|$)/i;
const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
/** More fields than any vendor's form has. */
const MAX_PARTS = 128;
const MAX_HEAD_BYTES = 16_384;
const MAX_FILENAME_CHARS = 255;
const DISPOSITION = /^content-disposition:[ \t]*form-data[ \t]*(;.*)$/im;
const TYPE = /^content-type:[ \t]*([^\r\n]{1,255}?)[ \t]*$/im;
const NAME = /;[ \t]*name=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))/i;
const FILENAME = /;[ \t]*filename=(?:"((?:[^"\\]|\\.)*)"|([^\s";]+))/i;
/** As older clients write names that are not ASCII. RFC 5987. */
const CODED_FILENAME = /;[ \t]*filename\*=utf-8'[^']{0,16}'([^\s;]+)/i;
const ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };
/** What makes a path of a name, in some system. */
const NO_NAME = /[/\\\u0000-\u001f\u007f]|^\.{0,2}$/;

/** The boundary that a media type names; nothing where it names none. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  return quoted ?? plain;
}

/**
 * The fields of a `multipart/form-data` body, in time that grows with its length alone. Strict: it begins with the boundary,
 * every line ends with CRLF, and nothing stands behind the last boundary. Throws `invalid_value` for a body that is not
 * so, for more than 128 fields and for a file whose name could be a path, `invalid_utf8` for a text that is none.
 * https://www.rfc-editor.org/rfc/rfc7578
 */
export function readForm(body: Buffer, boundary: string): readonly FormField[] {
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const delimiter = Buffer.from(`${LINE_END}--${boundary}`, 'latin1');
  if (!startsWith(body, mark, 0)) throw noForm();
  const fields: FormField[] = [];
  let at = mark.length;
  while (!startsWith(body, '--', at)) {
    if (!startsWith(body, LINE_END, at) || fields.length === MAX_PARTS) throw noForm();
    const content = body.subarray(0, at + MAX_HEAD_BYTES).indexOf(HEAD_END, at);
    const end = content < 0 ? -1 : body.indexOf(delimiter, content + LINE_END.length);
    if (end < 0) throw noForm();
    const head = body.toString('utf8', at + LINE_END.length, content);
    fields.push(readField(head, body.subarray(Math.min(content + HEAD_END.length, end), end)));
    at = end + delimiter.length;
  }
  const rest = body.length - at - 2;
  if (rest !== 0 && !(rest === LINE_END.length && startsWith(body, LINE_END, at + 2))) throw noForm();
  return fields;
}

function readField(head: string, content: Buffer): FormField {
  const disposition = DISPOSITION.exec(head)?.[1] ?? '';
  const [, quoted, plain] = NAME.exec(disposition) ?? [];
  const name = quoted === undefined ? plain : unescape(quoted);
  if (name === undefined) throw noForm();
  const filename = filenameOf(disposition);
  if (filename === undefined) return [name, textOf(name, content)];
  if (filename.length > MAX_FILENAME_CHARS || NO_NAME.test(filename)) throw noFilename(name);
  return [name, { filename, mediaType: TYPE.exec(head)?.[1] ?? '', bytes: new Uint8Array(content) }];
}

function filenameOf(disposition: string): string | undefined {
  const [, quoted, plain] = FILENAME.exec(disposition) ?? [];
  if (quoted !== undefined) return unescape(quoted);
  const coded = CODED_FILENAME.exec(disposition)?.[1];
  if (coded === undefined) return plain;
  try {
    return decodeURIComponent(coded);
  } catch {
    throw noForm();
  }
}

/** Browsers write `%22`, curl a backslash. */
function unescape(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll(/%22|%0D|%0A/g, (escaped) => ESCAPES[escaped] as string);
}

function textOf(name: string, content: Buffer): string {
  if (isUtf8(content)) return content.toString('utf8');
  throw gatewayError('invalid_utf8', { message: `The field "${shown(name)}" is not valid UTF-8.` });
}

function startsWith(body: Buffer, text: Buffer | string, at: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (body[at + i] !== (typeof text === 'string' ? text.charCodeAt(i) : text[i])) return false;
  }
  return true;
}

function noForm(): GatewayError {
  return gatewayError('invalid_value', { message: 'The body is not a form as it announces itself.' });
}

function noFilename(name: string): GatewayError {
  const param = shown(name);
  return gatewayError('invalid_value', { message: `"${param}" has a file with no usable name.`, details: { param } });
}

function shown(name: string): string {
  return name.slice(0, 64);
}

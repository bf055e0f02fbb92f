import { isUtf8 } from 'node:buffer';
import { gatewayError } from '@sluice/contract';
import type { GatewayError } from '@sluice/contract';
import type { FormField } from './multipart.js';

/** RFC 2046 section 5.1.1. */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
/**
 * One parameter of a header field. Where a quoted text has a backslash it has no semicolon: who takes the backslash for
 * nothing special must find no other parameter in it.
 */
const PARAMETER = /[ \t]*;[ \t]*([\w*-]+)=(?:"([^"\\]*|(?:[^"\\;]|\\[^;])*)"|([^\s";]+))/gy;
const NO_MORE = /^[ \t]*;?[ \t]*$/;
const LINE_END = '\r\n';
const HEAD_END = '\r\n\r\n';
/** More fields than any vendor's form has. */
const MAX_PARTS = 128;
const MAX_HEAD_BYTES = 16_384;
const MAX_FILENAME_CHARS = 255;
const LINE = /^([\w-]+):[ \t]*([^\r\n]*?)[ \t]*$/;
const DISPOSITION = /^form-data(?=[ \t]*;)/i;
/** What says how to read the rest of a part, so each stands there once. */
const TRANSFER_ENCODING = /^(?:7bit|8bit|binary)$/i;
const MAX_TYPE_CHARS = 255;
/** In any other order, who looks for the first `name=` alone could find one in the name of a file. */
const FIRST = 'name';
const KNOWN: ReadonlySet<string> = new Set([FIRST, 'filename', 'filename*']);
/** As older clients write names that are not ASCII. RFC 5987. */
const CODED_FILENAME = /^utf-8'[^']{0,16}'(.+)$/i;
const ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };
/** What makes a path of a name, in some system. */
const NO_NAME = /[/\\\u0000-\u001f\u007f]|^\.{0,2}$/;

/** The boundary that a media type names; nothing where it names none, or two, or where it is not clear what it names. */
export function boundaryOf(contentType: string): string | undefined {
  const boundary = readParameters(contentType.slice(/^[^\s;]*/.exec(contentType)?.[0].length))?.get('boundary');
  return boundary !== undefined && BOUNDARY.test(boundary) ? boundary : undefined;
}

/** Parameters by their names in lower case; nothing for a text that holds anything else, or one of them twice. */
function readParameters(text: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  let end = 0;
  for (const [all, name = '', quoted, plain = ''] of text.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (found.has(key)) return undefined;
    found.set(key, quoted === undefined ? plain : unescape(quoted));
    end += all.length;
  }
  return NO_MORE.test(text.slice(end)) ? found : undefined;
}

/**
 * The fields of a `multipart/form-data` body, in time that grows with its length alone. Strict: it begins with the boundary,
 * every line ends with CRLF, nothing stands behind the last boundary, and every reader finds the same names. Throws
 * `invalid_value` for a body that is not so, for more than 128 fields and for a file whose name could be a path,
 * `invalid_utf8` for a text or a head that is none.
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
    fields.push(
      readField(
        headOf(body.subarray(at + LINE_END.length, content)),
        body.subarray(Math.min(content + HEAD_END.length, end), end),
      ),
    );
    at = end + delimiter.length;
  }
  const rest = body.length - at - 2;
  if (rest !== 0 && !(rest === LINE_END.length && startsWith(body, LINE_END, at + 2))) throw noForm();
  return fields;
}

/** The lines of a part's head by their names in lower case. */
function headOf(bytes: Buffer): ReadonlyMap<string, string> {
  if (!isUtf8(bytes)) throw gatewayError('invalid_utf8', { message: "A head of the form's is not valid UTF-8." });
  const head = new Map<string, string>();
  for (const line of bytes.toString('utf8').split(LINE_END)) {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === '' || head.has(key)) throw noForm();
    head.set(key, value);
  }
  if (!TRANSFER_ENCODING.test(head.get('content-transfer-encoding') ?? 'binary')) throw noForm();
  return head;
}

function readField(head: ReadonlyMap<string, string>, content: Buffer): FormField {
  const disposition = head.get('content-disposition') ?? '';
  const parameters = DISPOSITION.test(disposition) ? readParameters(disposition.replace(DISPOSITION, '')) : undefined;
  const [first, ...more] = parameters?.keys() ?? [];
  const name = parameters?.get(FIRST);
  if (!parameters || name === undefined || first !== FIRST || more.some((key) => !KNOWN.has(key))) throw noForm();
  const filenames = filenamesOf(parameters);
  const [filename] = filenames;
  if (filename === undefined) return [name, textOf(name, content)];
  if (filenames.some((one) => one.length > MAX_FILENAME_CHARS || NO_NAME.test(one))) throw noFilename(name);
  const mediaType = (head.get('content-type') ?? '').slice(0, MAX_TYPE_CHARS);
  // A view of its own kind: whoever gets it shall not find a Buffer's methods.
  return [name, { filename, mediaType, bytes: new Uint8Array(content.buffer, content.byteOffset, content.length) }];
}

/** What a file may be called, the better name first. */
function filenamesOf(parameters: ReadonlyMap<string, string>): readonly string[] {
  const plain = parameters.get('filename');
  const coded = parameters.get('filename*');
  const names = plain === undefined ? [] : [plain];
  if (coded === undefined) return names;
  const [, text] = CODED_FILENAME.exec(coded) ?? [];
  if (text === undefined) throw noForm();
  try {
    return [decodeURIComponent(text), ...names];
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

// JSON.stringify escapes the C0 controls; terminals obey the C1 ones, and some log readers break lines at the others.
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

const escapeUnit = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON text with the same meaning that stays one line everywhere and holds nothing that a terminal would obey. */
export function toOneLine(json: string): string {
  return json.replace(UNSAFE, escapeUnit);
}

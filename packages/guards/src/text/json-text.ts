/** Strings and numbers in JSON. Between two quotes nothing is read twice, so it takes linear time. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/**
 * Changes the strings in a JSON text, names of members among them, and leaves every other byte as it is. A number is
 * looked at as it is written, and becomes a string where it is changed. What is no JSON is taken as one text.
 */
export function mapJsonText(json: string, map: (text: string) => string): string {
  if (json === '') return json;
  if (!isJson(json)) return map(json);
  return json.replaceAll(TOKENS, (token) => {
    const text = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    const mapped = map(text);
    return mapped === text ? token : JSON.stringify(mapped);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

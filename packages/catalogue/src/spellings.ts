/** Regions in front of a Bedrock model: the same model through a profile that spans several of them. */
const REGION = /^(?:us-gov|us|eu|apac|au|jp|ca|in|sa|global)\./;
/** A path whose last part names the model: `models/gemini`, `publishers/google/models/gemini`, an ARN of AWS. */
const PATH = /^(?:models\/|publishers\/[^/]+\/models\/|projects\/.+\/models\/|arn:aws[\w-]*:bedrock:.*\/)/;
/** What stands behind a name for one dated or numbered version of the model. */
const VERSION =
  /(?:-20\d\d-\d\d-\d\d|-20\d{6}(?:-v\d+(?::\d+)?)?|@(?:20\d{6}|default|latest)|-v\d+(?::\d+)?|:\d+|-00\d|-latest)$/;
/** `ft:BASE:ORGANISATION:NAME:ID`. */
const FINE_TUNED = /^ft:([^:]+)(?::|$)/;
/** `MAKER/MODEL:free`, `:nitro` and the like, by which routers choose among hosts. */
const VARIANT = /^([^/:]+\/[^:]+):[a-z]+$/;

/**
 * Other names under which a model may be listed, the most exact first: without its path, its date, its region. Nothing for a name that has none of them.
 */
export function otherSpellings(model: string): readonly string[] {
  const found = new Set<string>();
  const path = model.replace(PATH, '');
  addVersions(found, path);
  const unregioned = path.replace(REGION, '');
  if (unregioned !== path) addVersions(found, unregioned);
  found.delete(model);
  found.delete('');
  return [...found];
}

/** The model that this one is a kind of, at a price of its own: what it was tuned from, what a router finds hosts for. */
export function baseOf(model: string): string | undefined {
  return (FINE_TUNED.exec(model) ?? VARIANT.exec(model))?.[1];
}

/** A name, without its date, and without a number behind that. */
function addVersions(found: Set<string>, name: string): void {
  const undated = name.replace(VERSION, '');
  found.add(name);
  found.add(undated);
  found.add(undated.replace(VERSION, ''));
}

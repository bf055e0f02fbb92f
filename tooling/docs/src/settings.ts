/** A JSON Schema, as far as it is read here. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
}

export interface Setting {
  /** `models.*.targets[].weight`: a name of the operator's is `*`, each entry of a list is `[]`. */
  readonly path: string;
  /** As a page writes it; absent where the schema has none. */
  readonly initial?: string;
  /** What editors show. */
  readonly description?: string;
}

/** Every value that a file of this schema can hold, in the order of the schema; kinds of one place may repeat a path. */
export function settingsOf(node: SchemaNode, path = ''): readonly Setting[] {
  const inner = children(node, path);
  if (inner.length > 0) return inner.flatMap(([below, child]) => settingsOf(child, below));
  const { default: initial, description } = node;
  return [
    {
      path,
      ...(initial !== undefined && { initial: toText(initial) }),
      ...(description !== undefined && { description }),
    },
  ];
}

/** Every kind of provider that a file of this schema can name, with the names of its settings. */
export function kindsOf({
  properties = {},
}: SchemaNode): readonly { readonly kind: string; readonly names: readonly string[] }[] {
  const { additionalProperties: provider } = properties['providers'] ?? {};
  const kinds = typeof provider === 'object' ? [...(provider.oneOf ?? []), ...(provider.anyOf ?? [])] : [];
  return kinds.map(({ properties: own = {} }) => ({ kind: String(own['kind']?.const), names: Object.keys(own) }));
}

/** Lists and maps of plain values are one value to whoever reads the page. */
function children(node: SchemaNode, path: string): readonly (readonly [string, SchemaNode])[] {
  const { properties = {}, additionalProperties: rest, items } = node;
  return [
    ...Object.entries(properties).map(([name, child]) => [path === '' ? name : `${path}.${name}`, child] as const),
    ...(isGroup(rest) ? [[`${path}.*`, rest] as const] : []),
    ...(isGroup(items) ? [[`${path}[]`, items] as const] : []),
    ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].map((child) => [path, child] as const),
  ];
}

function isGroup(node: SchemaNode | boolean | undefined): node is SchemaNode {
  return typeof node === 'object' && children(node, '').length > 0;
}

function toText(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

/** The rows of a page's tables whose first cell is a setting in backticks: its path, and the text of its second cell. */
export function documentedSettings(page: string): ReadonlyMap<string, string> {
  const rows = page.matchAll(/^\| `([a-z]+\.[\w.*[\]]+)` +\| (.*?) +\|/gim);
  return new Map([...rows].map(([, path = '', initial = '']) => [path, initial]));
}

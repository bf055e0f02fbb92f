/** The body of `GET /v1/models`. */
export function writeModelList(ids: readonly string[]): string {
  return JSON.stringify({ object: 'list', data: ids.map(toModel) });
}

/** The body of `GET /v1/models/{id}`. */
export function writeModel(id: string): string {
  return JSON.stringify(toModel(id));
}

/** Nobody knows when the gateway's models were made, but OpenAI's SDKs expect a number. */
function toModel(id: string): object {
  return { id, object: 'model', created: 0, owned_by: 'sluice' };
}

import type { Target } from '@sluice/contract';
import { inLocation, toApiUrl } from './address.js';
import type { ApiVersion, Place } from './address.js';
import { readModel } from './model.js';

/** What every call of one project shares. */
export interface Account extends Place {
  readonly headers: Readonly<Record<string, string>>;
}

export interface Method {
  readonly version: ApiVersion;
  /** With its query, where it has one. */
  readonly name: string;
}

/** The address of a method of the model. */
export function toMethodUrl(place: Place, { baseUrl, model }: Target, { version, name }: Method): URL {
  return toApiUrl(baseUrl, version, inLocation(place, `${readModel(model).resource}:${name}`));
}

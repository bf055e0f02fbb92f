import type { Target } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';
import type { WatsonxSettings } from './settings.js';

/** What the calls of one account share. */
export interface Account {
  readonly headers: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** The fields of a body that say what a call counts for. */
  readonly payer: { readonly project_id: string } | { readonly space_id: string };
}

export function payerOf({ projectId, spaceId = '' }: WatsonxSettings): Account['payer'] {
  return projectId === undefined ? { space_id: spaceId } : { project_id: projectId };
}

/** A model that the operator deployed, by its id or its serving name. */
const DEPLOYMENT = /^deployments\/([A-Za-z0-9_-]+)$/;

export interface Place {
  readonly url: URL;
  /** What the body says of model and payer; nothing for a deployment, which is named by the path and knows both. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Where a method is asked of a model: npm @ibm-cloud/watsonx-ai 1.7.16, config/endpoints.js. */
export function placeOf(target: Target, method: string, account: Account): Place {
  const { apiVersion, payer } = account;
  const deployment = DEPLOYMENT.exec(target.model)?.[1];
  if (deployment === undefined)
    return { url: toUrl(target, method, account), fields: { model_id: target.model, ...payer } };
  const url = new URL(endpoint(target.baseUrl, 'ml/v1/deployments'));
  url.pathname += `/${deployment}/${method}`;
  url.search = `?version=${apiVersion}`;
  return { url, fields: {} };
}

export function toUrl({ baseUrl }: Pick<Target, 'baseUrl'>, method: string, { apiVersion }: Account): URL {
  return endpoint(baseUrl, `ml/v1/${method}?version=${apiVersion}`);
}

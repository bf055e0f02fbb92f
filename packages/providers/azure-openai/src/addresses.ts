import type { Target } from '@sluice/contract';
import { endpoint } from '@sluice/toolkit';

/** Where calls go, and what models are called there. */
export interface Addresses {
  locate(target: Pick<Target, 'baseUrl' | 'model'>, path: string): URL;
  nameOf(model: string): string;
}

interface AddressesInit {
  readonly apiVersion?: string | undefined;
  readonly deployments?: Readonly<Record<string, string>> | undefined;
}

/** What everything of a resource is below, whether its address was said with `/openai/v1`, with `/openai` or bare. */
export function toBaseUrl(address: string): URL {
  const url = new URL(address);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  url.pathname = path.endsWith('/openai') ? path : `${path}/openai`;
  return url;
}

/** Whether this version of the API has the paths that name a deployment; the others are below `/v1`. */
export function isDated(apiVersion: string | undefined): apiVersion is string {
  return apiVersion !== undefined && /^\d/.test(apiVersion);
}

/**
 * https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle for the paths below `/v1`,
 * https://learn.microsoft.com/azure/foundry/openai/reference for those of a deployment.
 */
export function createAddresses({ apiVersion, deployments = {} }: AddressesInit): Addresses {
  const nameOf = (model: string): string => (Object.hasOwn(deployments, model) ? (deployments[model] ?? model) : model);
  const query = apiVersion === undefined ? '' : `?api-version=${apiVersion}`;
  return {
    nameOf,
    locate({ baseUrl, model }, path) {
      if (!isDated(apiVersion)) return endpoint(baseUrl, `v1/${path}${query}`);
      // Responses belong to no deployment.
      if (path === 'responses') return endpoint(baseUrl, path + query);
      // Not remembered: callers name models as they like.
      return new URL(`${baseUrl.href}/deployments/${encodeURIComponent(nameOf(model))}/${path}${query}`);
    },
  };
}

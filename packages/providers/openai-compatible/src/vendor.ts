import type { Operations, ProviderDefinition, ProviderDeps } from '@sluice/contract';
import { z } from 'zod';
import { createServerProvider } from './provider.js';
import type { ServerProvider } from './provider.js';
import type { ServerRules } from './rules.js';
import type { Server } from './server.js';
import { allowPrivateNetwork, baseUrl, extraHeaders, secretRef } from './settings.js';

/** A vendor of the dialect with a kind of its own. */
export interface VendorInit<Kind extends string> {
  readonly kind: Kind;
  /** What its settings are for, as editors show it. */
  readonly about: string;
  readonly baseUrl: string;
  readonly rules: ServerRules;
  /** Operations in a form of the vendor's own; they win over those of the dialect. */
  readonly operations?: (server: Server) => Operations;
}

export type VendorSchema<Kind extends string> = z.ZodObject<
  {
    kind: z.ZodLiteral<Kind>;
    baseUrl: z.ZodDefault<typeof baseUrl>;
    apiKey: z.ZodOptional<typeof secretRef>;
    headers: z.ZodOptional<typeof extraHeaders>;
    allowPrivateNetwork: z.ZodOptional<typeof allowPrivateNetwork>;
  },
  z.core.$strict
>;
export type VendorSettings<Kind extends string> = z.infer<VendorSchema<Kind>>;

/** Settings of a vendor: an address that need not be said, and a key. */
export function vendorSettings<Kind extends string>(
  init: Omit<VendorInit<Kind>, 'rules' | 'operations'>,
): VendorSchema<Kind> {
  const { kind, about, baseUrl: address } = init;
  return z.strictObject({
    kind: z.literal(kind).describe(about),
    baseUrl: baseUrl.default(address).describe("As the vendor's own SDK takes it; http or https."),
    apiKey: secretRef.optional().describe('Where the key stands. Without one, no credentials are sent.'),
    headers: extraHeaders.optional().describe('Headers that go with every call.'),
    allowPrivateNetwork: allowPrivateNetwork.optional(),
  });
}

export interface VendorDefinition<Kind extends string> extends ProviderDefinition<VendorSettings<Kind>> {
  readonly kind: Kind;
  readonly settings: VendorSchema<Kind>;
  create(settings: VendorSettings<Kind>, deps: Pick<ProviderDeps, 'secret'>): ServerProvider;
}

/** The definition of a vendor that differs in its address and its rules alone. */
export function defineVendor<const Kind extends string>(init: VendorInit<Kind>): VendorDefinition<Kind> {
  return {
    kind: init.kind,
    contractVersion: 1,
    settings: vendorSettings(init),
    create({ baseUrl: address, apiKey, headers }, deps) {
      const { rules, operations } = init;
      const place = { baseUrl: new URL(address), secretRef: apiKey, headers };
      return createServerProvider({ ...place, deps, rules, ...(operations ? { operations } : {}) });
    },
  };
}

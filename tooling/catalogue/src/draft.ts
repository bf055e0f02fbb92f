import type { ModelRecord } from '@sluice/catalogue';

/** What is known of one model at one kind of provider, before equal ones are joined. */
export interface Draft {
  readonly kind: string;
  readonly name: string;
  readonly facts: Omit<ModelRecord, 'at'>;
}

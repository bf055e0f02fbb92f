import { onTestFinished } from 'vitest';

/** A store to test, empty, with the means to move its time. */
export interface StoreUnderTest<Store> {
  readonly store: Store;
  /** Moves the store's time forward: a manual clock for a store in the process, a real wait for one outside. */
  readonly advance: (ms: number) => void | Promise<void>;
  /** Called when the test has ended. */
  dispose?(): void | Promise<void>;
}
export type CreateStore<Store> = () => StoreUnderTest<Store> | Promise<StoreUnderTest<Store>>;

export async function openStore<Store>(create: CreateStore<Store>): Promise<StoreUnderTest<Store>> {
  const opened = await create();
  onTestFinished(() => opened.dispose?.());
  return opened;
}

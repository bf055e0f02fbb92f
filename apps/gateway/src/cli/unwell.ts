/** What a gateway process says to its supervisor when it wants to be replaced. */
export const UNWELL = 'sluice: unwell';

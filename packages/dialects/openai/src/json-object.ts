import type { JsonObject } from '@sluice/contract';
import { expectJsonObject } from '@sluice/toolkit';
import { z } from 'zod';

/** An object whose members are the caller's own, or a vendor's, and go on as they are. */
export const jsonObject = z.unknown().check(expectJsonObject).meta({ type: 'object' }) as z.ZodType<JsonObject>;

import { Problem } from '@skerry/protocol/api/common.ts';
import * as z from 'zod/mini';

/** An answer without a body. */
export const NoContent = z.null();

/** What every route may answer besides its success. */
export const PROBLEMS = { '4xx': Problem, '5xx': Problem } as const;

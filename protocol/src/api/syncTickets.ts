import * as z from 'zod/mini';

/** POST /api/sync-tickets → 201. Opens one document, once, within a minute: `/yjs/<document>?ticket=`. */
export const SyncTicketAnswer = z.object({ ticket: z.string() });
export type SyncTicketAnswer = z.infer<typeof SyncTicketAnswer>;

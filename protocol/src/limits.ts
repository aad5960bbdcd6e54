/** Limits that both sides know. Bytes are UTF-8 bytes. */

/** Longest text of one message. */
export const MAX_TEXT_BYTES = 16_384;
/** Largest WebSocket frame the server reads; the ws library closes with 1009 above it. */
export const MAX_FRAME_BYTES = 256 * 1024;
/** Longest single Yjs struct in an update. */
export const MAX_STRUCT_LENGTH = 4_096;
/** Most keys one update may set. */
export const MAX_KEYS_PER_UPDATE = 1_024;
/** Most delete ranges one update may carry. */
export const MAX_DELETE_RANGES_PER_UPDATE = 1_024;
/** Largest awareness message. */
export const MAX_AWARENESS_BYTES = 1_024;
/** SyncStep1 messages a connection may send per window: each costs 100 bytes and returns a page. */
export const MAX_SYNC_STEP1_PER_WINDOW = 5;
export const SYNC_STEP1_WINDOW_MS = 10_000;
/** Most people one message may mention. */
export const MAX_MENTIONS = 20;
/** Most files one message may carry. */
export const MAX_FILES = 10;
/** Longest quote in a reply, in characters. */
export const MAX_QUOTE_CHARACTERS = 120;
/** Most reactions of one person to one message. */
export const MAX_REACTIONS_PER_PERSON = 20;
/** Longest emoji of a reaction, in UTF-16 units: a joined family with skin tones is about 25. */
export const MAX_EMOJI_CHARACTERS = 32;
/** Most documents attached on one socket, and per user over all sockets. */
export const MAX_DOCUMENTS_PER_USER = 64;
/** Most sockets one user may hold open. */
export const MAX_SOCKETS_PER_USER = 20;
/** Operations a sender keeps in flight per page. */
export const SEND_WINDOW = 16;

/** A page takes no new message from here on, whichever comes first. */
export const MAX_PAGE_MESSAGES = 512;
export const MAX_PAGE_BYTES = 256 * 1_024;
/** Client ids: each costs every reader for ever. */
export const MAX_PAGE_CLIENTS = 400;
/** What a closed page still takes (edits, deletes, reactions) ends here. */
export const MAX_CLOSED_PAGE_BYTES = 512 * 1_024;
export const MAX_CLOSED_PAGE_CLIENTS = 1_000;

/** Client ids after which the server writes a user document anew. */
export const MAX_USER_DOCUMENT_CLIENTS = 400;
/** Rooms that one root of a user document may name. */
export const MAX_USER_DOCUMENT_KEYS = 2_000;
/** Drafts a person may have begun at a time. */
export const MAX_DRAFTS = 100;
/** Messages below a read mark that may count as unread all the same. */
export const MAX_READ_EXCEPTIONS = 200;
/** Unread messages that are counted one by one; above, "at least so many" is known. */
export const MAX_COUNTED_UNREAD = 1_000;
/** Rooms with more members have no receipts. */
export const MAX_MEMBERS_FOR_RECEIPTS = 64;
/** People named in a room's presence; above, the newest of them and a count. */
export const MAX_PRESENT = 100;
/** Characters of a message that an activity notice shows. */
export const MAX_PREVIEW_CHARACTERS = 120;

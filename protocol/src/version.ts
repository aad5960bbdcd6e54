/**
 * Version of everything client and server say to each other and store.
 * One line of history each:
 * 1 – first version.
 */
export const PROTOCOL_VERSION = 1;

/** The oldest client the server still serves. */
export const OLDEST_SERVED_VERSION = 1;

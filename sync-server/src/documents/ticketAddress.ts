import { parseDocumentName } from '@skerry/protocol/documentName.ts';

const PATH = '/yjs/';

/** Takes `/yjs/<document>?ticket=` apart; undefined when it names no document. */
export function readTicketAddress(
  address: string,
): { documentName: string; ticket: string } | undefined {
  const url = URL.parse(address, 'http://localhost');
  if (url?.pathname.startsWith(PATH) !== true) return undefined;
  // Some clients write the colons of the name as %3A.
  const documentName = url.pathname.slice(PATH.length).replaceAll(/%3a/gi, ':');
  if (parseDocumentName(documentName) === undefined) return undefined;
  return { documentName, ticket: url.searchParams.get('ticket') ?? '' };
}

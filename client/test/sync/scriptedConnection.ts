import type { Connection } from '../../src/sync/connection.ts';
import type { Link, LinkHandlers } from '../../src/sync/link.ts';
import type * as Y from 'yjs';

/** A document that a client attached. */
export interface Attached extends LinkHandlers {
  name: string;
  doc: Y.Doc;
  link: Link;
  isOpen: boolean;
}

/** A server whose answers the test gives. */
export interface ScriptedConnection extends Pick<Connection, 'attach'> {
  /** All that was ever attached. */
  attached: Attached[];
  /** Those with an open link to this document. */
  open: (name: string) => Attached[];
}

export function createScriptedConnection(
  onAttach: (attached: Attached) => void = () => undefined,
): ScriptedConnection {
  const attached: Attached[] = [];
  return {
    attached,
    open: (name) => attached.filter((one) => one.name === name && one.isOpen),
    attach: (name, doc, handlers) => {
      const link: Link = {
        origin: {},
        awareness: null,
        sendUpdate: () => undefined,
        sendStateless: () => true,
        close: () => {
          one.isOpen = false;
        },
      };
      const one: Attached = {
        ...{ name, doc, link, isOpen: true },
        ...handlers,
        onDenied: (code) => {
          one.isOpen = false;
          handlers.onDenied(code);
        },
      };
      attached.push(one);
      queueMicrotask(() => {
        onAttach(one);
      });
      return link;
    },
  };
}

import { useState } from 'react';
import type { ListedMessage } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { lastNumber } from './list/rows.ts';

/** Enough to know whether to read on. */
const MAX_SPOKEN_CHARACTERS = 200;

/** Says new messages of others to a screen reader, without stopping what it says. */
export function ArrivalAnnouncer({ messages }: { messages: readonly ListedMessage[] }) {
  const [knownNumber] = useState(() => lastNumber(messages));
  const newest = messages.findLast(
    ({ mine, number, content }) =>
      !mine && content.kind === 'text' && number !== undefined && number > knownNumber,
  );
  return (
    <div aria-live="polite" className="sr-only">
      {newest?.content.kind === 'text' &&
        t('conversation.arrived', {
          name: newest.author.name,
          text: newest.content.text.slice(0, MAX_SPOKEN_CHARACTERS),
        })}
    </div>
  );
}

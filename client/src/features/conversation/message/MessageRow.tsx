import { lazy, Suspense, useState } from 'react';
import type { ListedMessage } from '../../../sync/views.ts';
import { shortTime } from '../../../text/time.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import type { Row } from '../list/rows.ts';
import type { MessageAct } from './messageActs.ts';
import { MessageContent } from './MessageContent.tsx';
import { MessageMark } from './MessageMark.tsx';
import { MessageTime } from './MessageTime.tsx';
import { MessageTools } from './MessageTools.tsx';
import { useLongPress } from './useLongPress.ts';

const Refusal = lazy(async () => {
  const { Refusal: refusal } = await import('./Refusal.tsx');
  return { default: refusal };
});
const MessageSheet = lazy(async () => {
  const { MessageSheet: sheet } = await import('./MessageSheet.tsx');
  return { default: sheet };
});

interface MessageRowProps {
  row: Row;
  /** The address names it. */
  isLinked: boolean;
  onAct: (act: MessageAct, message: ListedMessage) => void;
}

/** One message: read aloud as author, words, time. */
export function MessageRow({ row, isLinked, onAct }: MessageRowProps) {
  const { message, startsGroup, endsGroup } = row;
  const { author, delivery } = message;
  const [isSheetOpen, setIsSheetOpen] = useState(false);
  const longPress = useLongPress(() => {
    setIsSheetOpen(true);
  });
  const shape = `${startsGroup ? 'mt-1.5 rounded-t-medium' : ''} ${endsGroup ? 'rounded-b-medium pb-1.5' : ''}`;
  const own = message.mine ? 'own-tint bg-accent-quiet' : '';
  const tint = isLinked ? 'bg-accent-quiet-strong' : own;

  return (
    <div
      tabIndex={-1}
      data-part="row"
      data-id={message.id}
      aria-current={isLinked ? 'true' : undefined}
      className={`relative grid grid-cols-[36px_minmax(0,1fr)] gap-x-3 px-3 pt-1.25 pointer-coarse:select-none max-tablet:gap-x-2.5 ${shape} ${tint}`}
      {...longPress}
    >
      {startsGroup ? (
        <span className="pt-0.75">
          <Avatar name={author.name} hue={author.avatar} />
        </span>
      ) : (
        <span
          aria-hidden
          className="h-0 text-center text-micro/5.5 whitespace-nowrap text-muted tabular-nums opacity-0 [[data-part=row]:hover>&]:opacity-100"
        >
          {shortTime(row.shownAt)}
        </span>
      )}
      <div className="min-w-0">
        {startsGroup ? (
          <p className="flex flex-wrap items-baseline gap-x-2">
            <bdi className="font-name wrap-anywhere">{author.name}</bdi>
            <span aria-hidden className="contents">
              <MessageTime row={row} />
            </span>
          </p>
        ) : (
          <span className="sr-only">{author.name}</span>
        )}
        <div className="flex items-end gap-x-3">
          <div className="min-w-0 flex-1">
            <MessageContent content={message.content} />
          </div>
          {delivery !== undefined && (
            <span className="flex h-5.5 w-4 shrink-0 items-center">
              <MessageMark delivery={delivery} />
            </span>
          )}
        </div>
        <span className="sr-only">
          <MessageTime row={row} />
        </span>
        {delivery?.state === 'refused' && (
          <Suspense>
            <Refusal
              code={delivery.code}
              onAct={(act) => {
                onAct(act, message);
              }}
            />
          </Suspense>
        )}
      </div>
      <MessageTools message={message} onAct={onAct} />
      {isSheetOpen && (
        <Suspense>
          <MessageSheet
            message={message}
            onAct={onAct}
            onClose={() => {
              setIsSheetOpen(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

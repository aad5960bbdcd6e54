import { Link } from 'wouter';
import type { ConnectionState, OperationView } from '../../sync/views.ts';
import { BecamePublic } from '../../session/BecamePublic.tsx';
import { t } from '../../text/text.ts';
import { RoomKindIcon } from '../../ui/RoomKindIcon.tsx';
import type { RoomGroup } from './groupByRoom.ts';
import { OperationRow, type OperationAct } from './OperationRow.tsx';

interface OperationGroupProps {
  group: RoomGroup;
  connection: ConnectionState;
  today: number;
  onAct: (act: OperationAct, operation: OperationView) => void;
  /** A question of a room has been answered. */
  onAnswered: () => void;
  onFailed: () => void;
}

/** One room's operations under its name. */
export function OperationGroup(props: OperationGroupProps) {
  const { connection, today, onAct, onAnswered, onFailed } = props;
  const { room, operations } = props.group;
  const asking = operations.filter(({ asks }) => asks).length;
  return (
    <>
      <h3 className="flex items-center gap-3 border-b border-line pt-4 pb-1.5 font-semibold">
        <RoomKindIcon kind={room.kind} className="shrink-0 text-muted" />
        <Link href={`/room/${room.id}`} className="min-w-0 flex-1 truncate">
          <bdi>{room.name}</bdi>
        </Link>
        <span className="text-secondary font-normal whitespace-nowrap text-muted">
          {t('outbox.count', { count: operations.length })}
        </span>
      </h3>
      {asking > 0 && (
        <div className="mt-2.5">
          <BecamePublic
            roomId={room.id}
            count={asking}
            onAnswered={onAnswered}
            onFailed={onFailed}
          />
        </div>
      )}
      <ul>
        {operations.map((operation, index) => (
          <OperationRow
            key={operation.opId}
            operation={operation}
            connection={connection}
            isFirst={index === 0}
            today={today}
            onAct={onAct}
          />
        ))}
      </ul>
    </>
  );
}

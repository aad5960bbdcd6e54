import { useId } from 'react';
import type { ConnectionState, OperationView } from '../../sync/views.ts';
import { groupByRoom } from './groupByRoom.ts';
import { OperationGroup } from './OperationGroup.tsx';
import type { OperationAct } from './OperationRow.tsx';

interface OperationPartProps {
  title: string;
  operations: readonly OperationView[];
  connection: ConnectionState;
  today: number;
  onAct: (act: OperationAct, operation: OperationView) => void;
  onAnswered: () => void;
  onFailed: () => void;
}

/** What waits, or what was not accepted. */
export function OperationPart({ title, operations, ...rest }: OperationPartProps) {
  const id = useId();
  if (operations.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mt-8 first-of-type:mt-0">
      <h2 id={id} className="text-heading font-name">
        {title}
      </h2>
      {groupByRoom(operations).map((group) => (
        <OperationGroup key={group.room.id} group={group} {...rest} />
      ))}
    </section>
  );
}

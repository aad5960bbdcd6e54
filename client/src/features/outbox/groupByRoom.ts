import type { OperationView } from '../../sync/views.ts';

export interface RoomGroup {
  room: OperationView['room'];
  operations: OperationView[];
}

/** Operations by room, in the order in which the rooms first occur. */
export function groupByRoom(operations: readonly OperationView[]): RoomGroup[] {
  const groups = new Map<string, RoomGroup>();
  for (const operation of operations) {
    const group = groups.get(operation.room.id) ?? { room: operation.room, operations: [] };
    group.operations.push(operation);
    groups.set(operation.room.id, group);
  }
  return [...groups.values()];
}

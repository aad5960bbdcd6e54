import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { RoomKindIcon } from '../../ui/RoomKindIcon.tsx';
import { shortRoomName } from './shortRoomName.ts';

/** The kind of a room beside its name; on the rail, where there is no name, its two letters. */
export function RoomSymbol({ kind, name }: { kind: RoomKind; name: string }) {
  return (
    <span
      aria-hidden
      className="grid size-8 shrink-0 place-items-center rounded-medium text-muted group-aria-[current]:text-ink max-tablet:size-11 max-tablet:bg-surface-3 rail:size-9 rail:bg-surface-3"
    >
      <RoomKindIcon kind={kind} className="rail:hidden" />
      <span className="hidden text-secondary font-semibold rail:inline">{shortRoomName(name)}</span>
    </span>
  );
}

import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { Hash, Lock, UserRound, UsersRound, type LucideIcon } from 'lucide-react';

const ICONS: Record<RoomKind, LucideIcon> = {
  public: Hash,
  private: Lock,
  direct: UserRound,
  group: UsersRound,
};

/** Says the kind of a room; the words beside it say it too. */
export function RoomSymbol({ kind }: { kind: RoomKind }) {
  const Icon = ICONS[kind];
  return (
    <span
      aria-hidden
      className="grid size-8 shrink-0 place-items-center rounded-medium text-muted group-aria-[current]:text-text max-tablet:size-11 max-tablet:bg-surface-3"
    >
      <Icon size={20} strokeWidth={1.75} />
    </span>
  );
}

import type { RoomKind } from '@skerry/protocol/room/roomDoc.ts';
import { Hash, Lock, MessageSquare, UserRound, UsersRound, type LucideIcon } from 'lucide-react';

const ICONS: Record<RoomKind, LucideIcon> = {
  public: Hash,
  private: Lock,
  direct: UserRound,
  group: UsersRound,
};

interface RoomKindIconProps {
  /** Undefined: not known here. */
  kind: RoomKind | undefined;
  className?: string;
}

/** Says the kind of a room; words beside it say it too. */
export function RoomKindIcon({ kind, className = '' }: RoomKindIconProps) {
  const Icon = kind === undefined ? MessageSquare : ICONS[kind];
  return <Icon aria-hidden size={20} strokeWidth={1.75} className={className} />;
}

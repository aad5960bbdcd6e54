import type { RoomId } from '@skerry/protocol/ids.ts';
import { RoomLoader } from './RoomLoader.tsx';

/** One room on screen; another room begins afresh, with its own place, draft and dialogs. */
export function Conversation({ roomId }: { roomId: RoomId }) {
  return <RoomLoader key={roomId} roomId={roomId} />;
}

import type { RoomId } from '@skerry/protocol/ids.ts';
import { useState } from 'react';
import { useSkerry } from '../../session/SkerryContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import { createRoomHolder } from './openRoomHolder.ts';
import { RoomScreen } from './RoomScreen.tsx';

/** Opens the room for as long as it is on screen. */
export function RoomLoader({ roomId }: { roomId: RoomId }) {
  const skerry = useSkerry();
  const [holder] = useState(() => createRoomHolder(skerry, roomId));
  const room = useReadable(holder);
  return room === undefined ? null : <RoomScreen room={room} />;
}

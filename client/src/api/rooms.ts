import {
  RoomAnswer,
  RoomsAnswer,
  type CreateRoomBody,
  type RoomView,
} from '@skerry/protocol/api/rooms.ts';
import type { RoomId } from '@skerry/protocol/ids.ts';
import { ask } from './client.ts';
import { createResource } from './resource.ts';

/** Public rooms, and my own. */
export async function listRooms(): Promise<RoomView[]> {
  const { items } = await ask({ method: 'GET', path: '/api/rooms', answer: RoomsAnswer });
  return items;
}

export async function createRoom(body: CreateRoomBody): Promise<RoomView> {
  const { room } = await ask({ method: 'POST', path: '/api/rooms', body, answer: RoomAnswer });
  void roomsResource.refresh();
  return room;
}

export async function joinRoom(id: RoomId): Promise<RoomView> {
  const path = `/api/rooms/${id}/join`;
  const { room } = await ask({ method: 'POST', path, answer: RoomAnswer });
  void roomsResource.refresh();
  return room;
}

export async function leaveRoom(id: RoomId): Promise<void> {
  await ask({ method: 'DELETE', path: `/api/rooms/${id}/membership` });
  void roomsResource.refresh();
}

export const roomsResource = createResource(listRooms);

import {
  CreateRoomBody,
  MembersAnswer,
  RoomAnswer,
  RoomsAnswer,
} from '@skerry/protocol/api/rooms.ts';
import { RoomId } from '@skerry/protocol/ids.ts';
import * as z from 'zod/mini';
import { RefusalError } from '../errors.ts';
import { identityOf, type App } from '../http/app.ts';
import { NoContent, PROBLEMS } from '../http/schemas.ts';
import type { AccessPort } from '../memberships/accessPort.ts';
import { joinRoom } from '../memberships/joinRoom.ts';
import { leaveRoom } from '../memberships/leaveRoom.ts';
import { formatCursor, MemberCursor, parseCursor } from '../memberships/memberCursor.ts';
import type { MembershipStore } from '../memberships/membershipStore.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { createRoom } from './createRoom.ts';
import type { RoomStore } from './roomStore.ts';

const MAX_MEMBERS_PER_ANSWER = 200;

interface Deps {
  db: Database;
  rooms: RoomStore;
  memberships: MembershipStore;
  access: AccessPort;
  clock: Clock;
}

const RoomParams = z.object({ roomId: RoomId });
const tags = ['rooms'];

export function roomRoutes(app: App, deps: Deps): void {
  const find = async (roomId: RoomId, by: ReturnType<typeof identityOf>) => {
    const room = await deps.rooms.find(roomId, by.userId);
    if (room === undefined) throw new RefusalError('room-not-found');
    return room;
  };

  app.get(
    '/api/rooms',
    {
      schema: {
        summary: 'Public rooms and my own',
        tags,
        response: { 200: RoomsAnswer, ...PROBLEMS },
      },
    },
    async (request) => ({ items: await deps.rooms.list(identityOf(request).userId) }),
  );

  app.post(
    '/api/rooms',
    {
      schema: {
        summary: 'Create a room',
        tags,
        body: CreateRoomBody,
        response: { 201: RoomAnswer, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const by = identityOf(request);
      const roomId = request.operationId as RoomId;
      const done = await createRoom(deps, { ...request.body, roomId, ownerId: by.userId });
      if (!done.ok) throw new RefusalError(done.error);
      return await reply.status(201).send({ room: await find(roomId, by) });
    },
  );

  app.get(
    '/api/rooms/:roomId',
    {
      schema: {
        summary: 'One room',
        tags,
        params: RoomParams,
        response: { 200: RoomAnswer, ...PROBLEMS },
      },
    },
    async (request) => ({ room: await find(request.params.roomId, identityOf(request)) }),
  );

  app.post(
    '/api/rooms/:roomId/join',
    {
      schema: {
        summary: 'Join a public room',
        tags,
        params: RoomParams,
        response: { 200: RoomAnswer, ...PROBLEMS },
      },
    },
    async (request) => {
      const by = identityOf(request);
      const { roomId } = request.params;
      const done = await joinRoom(deps, { roomId, userId: by.userId });
      if (!done.ok) throw new RefusalError(done.error);
      return { room: await find(roomId, by) };
    },
  );

  app.delete(
    '/api/rooms/:roomId/membership',
    {
      schema: {
        summary: 'Leave a room',
        tags,
        params: RoomParams,
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { userId } = identityOf(request);
      const done = await leaveRoom(deps, { roomId: request.params.roomId, userId });
      if (!done.ok) throw new RefusalError(done.error);
      return await reply.status(204).send(null);
    },
  );

  app.get(
    '/api/rooms/:roomId/members',
    {
      schema: {
        summary: 'Who is a member, in order of joining',
        tags,
        params: RoomParams,
        querystring: z.object({
          after: z.optional(MemberCursor),
          limit: z._default(
            z.coerce.number().check(z.int(), z.minimum(1), z.maximum(MAX_MEMBERS_PER_ANSWER)),
            MAX_MEMBERS_PER_ANSWER,
          ),
        }),
        response: { 200: MembersAnswer, ...PROBLEMS },
      },
    },
    async (request) => {
      const { roomId } = request.params;
      const room = await find(roomId, identityOf(request));
      if (!room.joined) throw new RefusalError('not-a-member');
      const { after, limit } = request.query;
      const from = after === undefined ? undefined : parseCursor(after);
      const items = await deps.memberships.list({ roomId, after: from, limit });
      const last = items.length === limit ? items.at(-1) : undefined;
      return { items, ...(last && { next: formatCursor(last) }) };
    },
  );
}

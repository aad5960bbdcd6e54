import type { MessageId, RoomId, UserId } from '@skerry/protocol/ids.ts';
import type { Subscription } from './subscription.ts';

/** One accepted message that members may have to be told of: a row of `push_queue`. */
export interface QueuedPush {
  roomId: RoomId;
  messageId: MessageId;
  /** Arrival number: a read mark at or above it cancels the push. */
  number: number;
  author: UserId;
  /** Not before this time (epoch ms): reading it elsewhere until then cancels it. */
  dueAt: number;
}

/** What the sync-server asks of push, in this process or another. */
export interface Push {
  /** Binds a device's subscription to a person; an endpoint belongs to the last one who signed in there. */
  subscribe: (userId: UserId, subscription: Subscription, deviceName: string) => Promise<void>;
  unsubscribe: (userId: UserId, endpoint: string) => Promise<void>;
  /** Stops taking from the queue and waits for what is being sent. */
  close: () => Promise<void>;
}

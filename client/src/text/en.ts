import { account } from './en/account.ts';
import { app } from './en/app.ts';
import { composer } from './en/composer.ts';
import { conversation } from './en/conversation.ts';
import { outbox } from './en/outbox.ts';
import { rooms } from './en/rooms.ts';
import { settings } from './en/settings.ts';

/** Every string that a person reads. Keys begin with the name of their file: `rooms.create`. */
export const en = {
  ...account,
  ...app,
  ...composer,
  ...conversation,
  ...outbox,
  ...rooms,
  ...settings,
} as const;

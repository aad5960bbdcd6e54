import * as z from 'zod/mini';

const NAME = 'skerry:session';
const Message = z.enum(['entered', 'left']);

interface TabsChannel {
  /** localStorage says who. */
  tellEntered: () => void;
  tellLeft: () => void;
}

/** Tells the other tabs of this device when somebody signs in or out. */
export function openTabsChannel(on: { onEntered: () => void; onLeft: () => void }): TabsChannel {
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = Message.safeParse(data).data;
    if (message === 'entered') on.onEntered();
    else if (message === 'left') on.onLeft();
  });
  return {
    tellEntered: () => {
      channel.postMessage('entered');
    },
    tellLeft: () => {
      channel.postMessage('left');
    },
  };
}

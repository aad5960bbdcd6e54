import { derive } from '../sync/readable.ts';
import type { Session } from '../session/session.ts';
import { t } from '../text/text.ts';

/** The sum of what is unread, in the tab's title and on the app's icon; nothing for nobody. */
export function followUnread({ state }: Pick<Session, 'state'>): void {
  let stop: (() => void) | undefined;
  const follow = (): void => {
    stop?.();
    stop = undefined;
    const current = state.get();
    // While a person's data are being opened the icon stays as it was.
    if (current.kind === 'opening') return;
    if (current.kind === 'nobody') {
      show(0);
      return;
    }
    const { rooms } = current.skerry;
    const sum = derive([rooms], () => rooms.get()?.reduce((all, { unread }) => all + unread, 0));
    const update = (): void => {
      const count = sum.get();
      if (count !== undefined) show(count);
    };
    const unsubscribe = sum.subscribe(update);
    stop = () => {
      unsubscribe();
      sum.close();
    };
    update();
  };
  state.subscribe(follow);
  follow();
}

let shown: number | undefined;

function show(count: number): void {
  if (count === shown) return;
  shown = count;
  document.title =
    count === 0 ? t('app.name') : t('app.titleUnread', { count, name: t('app.name') });
  // Installed apps only, and not in every browser; whoever may not show it says so by rejecting.
  if (!('setAppBadge' in navigator)) return;
  const done = count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count);
  done.catch(() => undefined);
}

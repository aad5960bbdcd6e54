import { useState, type ReactNode } from 'react';
import { t } from '../text/text.ts';
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { useSession } from './SessionContext.ts';
import { useSkerry } from './SkerryContext.ts';

interface SignOut {
  /** Signs out, or asks first when something of mine would be lost. */
  ask: () => void;
  /** Where the question stands. */
  question: ReactNode;
}

export function useSignOut(): SignOut {
  const session = useSession();
  const { outbox, tray } = useSkerry();
  const [count, setCount] = useState(0);

  const ask = () => {
    const unsent = outbox.get().length + tray.get().length;
    if (unsent === 0) void session.signOut();
    else setCount(unsent);
  };
  const question = count > 0 && (
    <ConfirmDialog
      title={t('app.signOutTitle')}
      text={t('app.signOutText', { count })}
      confirm={t('app.signOutAndLose')}
      danger
      onConfirm={() => void session.signOut()}
      onCancel={() => {
        setCount(0);
      }}
    />
  );
  return { ask, question };
}

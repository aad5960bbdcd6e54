import { useSignOut } from '../../session/useSignOut.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';

export function Settings() {
  const signOut = useSignOut();
  return (
    <div className="min-h-0 overflow-y-auto p-5">
      <h1 className="text-title font-name">{t('app.settings')}</h1>
      <Button onClick={signOut.ask}>{t('app.signOut')}</Button>
      {signOut.question}
    </div>
  );
}

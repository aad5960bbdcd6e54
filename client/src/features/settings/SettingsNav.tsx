import '../../text/settingsTexts.ts';
import { Inbox } from 'lucide-react';
import { useSkerry } from '../../session/SkerryContext.ts';
import { useReadable } from '../../session/useReadable.ts';
import { useSignOut } from '../../session/useSignOut.tsx';
import { useUser } from '../../session/useUser.ts';
import { t } from '../../text/text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { Button } from '../../ui/Button.tsx';
import { NavRow } from './NavRow.tsx';
import { SECTION_GROUPS } from './sections.ts';

/** The sections: beside the open one on a wide screen, before it on a phone. */
export function SettingsNav({ path }: { path: string }) {
  const { email } = useUser();
  const { outbox, tray } = useSkerry();
  const unsent = useReadable(outbox).length + useReadable(tray).length;
  const signOut = useSignOut();
  return (
    <>
      <div className="flex min-h-(--header) shrink-0 items-center gap-1 px-2">
        <BackLink href="/" label={t('settings.back')} />
        <p className="text-heading font-name">{t('settings.title')}</p>
      </div>
      <nav
        aria-label={t('settings.title')}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-3"
      >
        {SECTION_GROUPS.map(({ title, sections }) => (
          <section key={title}>
            <h2 className="px-2 pt-3 pb-1 text-micro font-semibold text-muted">{t(title)}</h2>
            {sections.map(({ name, title: words, icon }) => (
              <NavRow
                key={name}
                href={`/settings/${name}`}
                icon={icon}
                label={t(words)}
                isHere={path === `/settings/${name}`}
              />
            ))}
            {title === 'settings.group.app' && (
              <NavRow
                href="/outbox"
                icon={Inbox}
                label={t('settings.outbox')}
                isHere={false}
                count={unsent}
              />
            )}
          </section>
        ))}
      </nav>
      <div className="grid shrink-0 gap-2 border-t border-line px-4 py-3">
        <p className="text-secondary text-muted">{t('settings.signedInAs', { email })}</p>
        <Button onClick={signOut.ask} className="max-tablet:w-full tablet:justify-self-start">
          {t('settings.signOut')}
        </Button>
      </div>
      {signOut.question}
    </>
  );
}

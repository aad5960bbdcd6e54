import { t } from '../../text/text.ts';

/** What signing out could not do. */
export function SignOutNote({ note }: { note: 'server-not-told' | 'not-wiped' | undefined }) {
  if (note === undefined) return null;
  return (
    <p role="status" className="rounded-medium bg-caution-quiet p-3 text-secondary text-caution">
      {t(note === 'not-wiped' ? 'account.notWiped' : 'account.serverNotTold')}
    </p>
  );
}

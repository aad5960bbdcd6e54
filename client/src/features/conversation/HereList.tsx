import type { Person } from '../../sync/views.ts';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';

const SHOWN = 3;

/** Who has the room open now, me included in the number. Nothing while nobody else is known to be here. */
export function HereList({ people }: { people: readonly Person[] }) {
  if (people.length === 0) return null;
  const names = people.map(({ name }) => name).join(', ');
  return (
    <div
      className="flex min-h-9 shrink-0 items-center gap-2 px-2 text-secondary whitespace-nowrap text-muted max-tablet:hidden"
      title={t('conversation.hereNames', { names })}
    >
      <span className="inline-flex">
        {people.slice(0, SHOWN).map(({ id, name, avatar }) => (
          <span key={id} className="-ms-0.5 rounded-full ring-2 ring-surface-1 first:ms-0">
            <Avatar name={name} hue={avatar} size={20} />
          </span>
        ))}
      </span>
      {t('conversation.here', { count: people.length + 1 })}
      <span className="sr-only">{t('conversation.hereNames', { names })}</span>
    </div>
  );
}

import { useId } from 'react';
import { t } from '../../text/text.ts';

type Kind = 'public' | 'private';

interface KindChoiceProps {
  value: Kind;
  onChange: (kind: Kind) => void;
}

/** Public or private, each with what it means. */
export function KindChoice({ value, onChange }: KindChoiceProps) {
  const group = useId();
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 font-semibold">{t('rooms.create.kind')}</legend>
      {(['public', 'private'] as const).map((kind) => (
        <div
          key={kind}
          className="flex min-h-11 items-center gap-3 rounded-medium px-2 hover:bg-surface-2"
        >
          <input
            id={`${group}${kind}`}
            type="radio"
            name={group}
            value={kind}
            checked={value === kind}
            className="size-4.5 accent-(--accent)"
            onChange={() => {
              onChange(kind);
            }}
          />
          <label htmlFor={`${group}${kind}`} className="grid flex-1 py-1">
            <span className="font-control">{t(`rooms.create.${kind}`)}</span>
            <span className="text-secondary text-muted">{t(`rooms.create.${kind}Hint`)}</span>
          </label>
        </div>
      ))}
    </fieldset>
  );
}

import { useId } from 'react';
import { t } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';

/** Degrees around the colour circle, far enough apart to be told apart. */
const HUES = ['20', '50', '80', '110', '145', '180', '205', '235', '260', '290', '320', '350'];

interface HueChoiceProps {
  name: string;
  hue: string;
  onChoose: (hue: string) => void;
}

export function HueChoice({ name, hue, onChoose }: HueChoiceProps) {
  const group = useId();
  // The first one is given by the server and may lie between ours.
  const hues = HUES.includes(hue) ? HUES : [hue, ...HUES];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-semibold">{t('settings.colour')}</legend>
      <div className="flex flex-wrap gap-1">
        {hues.map((value, index) => (
          <label
            key={value}
            className="grid size-11 cursor-pointer place-items-center rounded-full outline-2 -outline-offset-2 outline-transparent has-checked:outline-accent has-focus-visible:outline-focus"
          >
            <input
              type="radio"
              name={group}
              className="sr-only"
              aria-label={t('settings.colourNumber', { number: index + 1 })}
              checked={value === hue}
              onChange={() => {
                onChoose(value);
              }}
            />
            <Avatar name={name} hue={value} size={32} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { t } from '../text/text.ts';
import { Field, type FieldProps } from './Field.tsx';
import { IconButton } from './IconButton.tsx';

/** A password that can be looked at. */
export function PasswordField(props: FieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <Field
      {...props}
      type={isShown ? 'text' : 'password'}
      end={
        <IconButton
          icon={isShown ? EyeOff : Eye}
          label={t(isShown ? 'app.hideCharacters' : 'app.showCharacters')}
          onClick={() => {
            setIsShown(!isShown);
          }}
        />
      }
    />
  );
}

import { useId, type ComponentProps, type ReactNode } from 'react';

const INPUT_LOOK =
  'min-h-12 w-full min-w-0 rounded-medium border border-line-strong bg-surface-1 px-3.5 focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent aria-invalid:border-danger';

export interface FieldProps extends ComponentProps<'input'> {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** A control inside the field, at its end. */
  end?: ReactNode;
}

/** An input with its label above and the reason, or what is wrong, under it. */
export function Field({ label, hint, error, end, className = '', ...rest }: FieldProps) {
  const id = useId();
  const hintId = `${id}hint`;
  const errorId = `${id}error`;
  const described = [error === undefined ? '' : errorId, hint === undefined ? '' : hintId];
  return (
    <div className={`grid gap-1.5 ${className}`}>
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <div className="relative">
        <input
          {...rest}
          id={id}
          aria-invalid={error !== undefined}
          aria-describedby={described.join(' ').trim() || undefined}
          className={`${INPUT_LOOK} ${end === undefined ? '' : 'pe-12'}`}
        />
        {end !== undefined && (
          <span className="absolute inset-y-0 end-0.5 grid place-items-center">{end}</span>
        )}
      </div>
      {error !== undefined && (
        <p id={errorId} className="text-secondary text-danger">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <div id={hintId} className="text-secondary text-muted">
          {hint}
        </div>
      )}
    </div>
  );
}

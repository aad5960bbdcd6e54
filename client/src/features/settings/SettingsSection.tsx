import { useId, type ReactNode } from 'react';

interface SettingsSectionProps {
  title: string;
  /** What became of the last change. */
  note?: ReactNode;
  children: ReactNode;
}

export function SettingsSection({ title, note, children }: SettingsSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-5">
      <div className="flex min-h-6 items-center gap-3">
        <h1 id={id} className="flex-1 text-title font-name">
          {title}
        </h1>
        {note}
      </div>
      {children}
    </section>
  );
}

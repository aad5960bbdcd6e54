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
      <div className="flex min-h-6 flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h1 id={id} className="text-title font-name">
          {title}
        </h1>
        {note}
      </div>
      {children}
    </section>
  );
}

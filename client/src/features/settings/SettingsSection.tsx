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
    <section aria-labelledby={id} className="grid gap-4 border-t border-line py-6">
      <div className="flex min-h-6 items-center gap-3">
        <h2 id={id} className="flex-1 text-heading font-name">
          {title}
        </h2>
        {note}
      </div>
      {children}
    </section>
  );
}

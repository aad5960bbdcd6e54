import type { ReactNode, SubmitEvent } from 'react';
import { t } from '../../text/text.ts';
import { Logo } from '../../ui/Logo.tsx';
import { Sea } from './Sea.tsx';

interface AccountPageProps {
  title: string;
  intro: string;
  onSubmit: () => void;
  children: ReactNode;
  foot: ReactNode;
}

/** One column on the shore: who we are, what is asked, one button. */
export function AccountPage({ title, intro, onSubmit, children, foot }: AccountPageProps) {
  const handleSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <main className="relative flex h-(--app-height) flex-col overflow-y-auto bg-surface-1">
      <form
        noValidate
        onSubmit={handleSubmit}
        className="relative z-1 mx-auto grid w-full max-w-form gap-5 px-4 pt-[max(32px,env(safe-area-inset-top))] pb-6 tablet:px-0 tablet:pt-10"
      >
        <p className="flex items-center gap-2.5 text-heading font-name">
          <Logo className="size-7 text-accent" />
          {t('app.name')}
        </p>
        <div className="grid gap-1">
          <h1 className="text-display font-bold tracking-tight">{title}</h1>
          <p className="text-muted">{intro}</p>
        </div>
        {children}
        <div className="grid gap-1 text-center text-secondary text-muted">{foot}</div>
      </form>
      <Sea />
    </main>
  );
}

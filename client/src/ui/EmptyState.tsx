import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  text: string;
  action?: ReactNode;
}

export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <div className="m-auto grid max-w-form justify-items-center gap-2 px-5 py-10 text-center">
      <h2 className="text-heading font-name">{title}</h2>
      <p className="text-muted">{text}</p>
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}

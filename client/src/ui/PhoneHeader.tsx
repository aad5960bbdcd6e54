import { BackLink } from './BackLink.tsx';

interface PhoneHeaderProps {
  href: string;
  backLabel: string;
  title: string;
}

/** Names a part that fills a phone's screen; wider screens show it beside its list. */
export function PhoneHeader({ href, backLabel, title }: PhoneHeaderProps) {
  return (
    <div className="flex min-h-(--header) shrink-0 items-center gap-1 border-b border-line px-1 tablet:hidden">
      <BackLink href={href} label={backLabel} />
      <p className="text-heading font-name">{title}</p>
    </div>
  );
}

import { ExternalLink } from './ExternalLink.tsx';
import { splitLinks } from './links.ts';

/** Text as it was written, with its web addresses as links. */
export function PlainText({ text }: { text: string }) {
  return (
    <p dir="auto" className="whitespace-pre-wrap">
      {splitLinks(text).map((part, index) =>
        part.kind === 'text' ? (
          part.text
        ) : (
          <ExternalLink key={index} href={part.href}>
            {part.text}
          </ExternalLink>
        ),
      )}
    </p>
  );
}

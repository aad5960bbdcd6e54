import type { MarkedToken } from 'marked';
import { Fragment } from 'react';
import { ExternalLink } from './ExternalLink.tsx';
import { safeHref } from './links.ts';
import { ownTokens } from './parseMarkdown.ts';

/** Words within a paragraph. HTML and what is no inline token are shown as they were written. */
export function InlineMarkdown({ tokens }: { tokens: readonly MarkedToken[] }) {
  return tokens.map((token, index) => <Fragment key={index}>{renderInline(token)}</Fragment>);
}

function renderInline(token: MarkedToken) {
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? (
        token.text
      ) : (
        <InlineMarkdown tokens={ownTokens(token.tokens)} />
      );
    case 'escape':
      return token.text;
    case 'strong':
      return (
        <strong className="font-name">
          <InlineMarkdown tokens={ownTokens(token.tokens)} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <InlineMarkdown tokens={ownTokens(token.tokens)} />
        </em>
      );
    case 'del':
      return (
        <del>
          <InlineMarkdown tokens={ownTokens(token.tokens)} />
        </del>
      );
    case 'codespan':
      return (
        <code className="rounded-[5px] bg-surface-3 px-1.25 py-px font-mono text-[0.875em]">
          {token.text}
        </code>
      );
    case 'br':
      return <br />;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'link':
      return renderLink(token.href, token.raw, ownTokens(token.tokens));
    case 'image':
      return renderLink(token.href, token.raw, ownTokens(token.tokens));
    case 'blockquote':
    case 'code':
    case 'def':
    case 'heading':
    case 'hr':
    case 'html':
    case 'list':
    case 'list_item':
    case 'paragraph':
    case 'space':
    case 'table':
      return token.raw;
    default:
      return token satisfies never;
  }
}

function renderLink(href: string, raw: string, tokens: readonly MarkedToken[]) {
  const safe = safeHref(href);
  if (safe === undefined) return raw;
  return (
    <ExternalLink href={safe}>
      {tokens.length === 0 ? href : <InlineMarkdown tokens={tokens} />}
    </ExternalLink>
  );
}

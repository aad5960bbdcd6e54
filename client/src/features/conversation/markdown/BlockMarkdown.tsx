import type { MarkedToken, Tokens } from 'marked';
import { Fragment } from 'react';
import { t } from '../../../text/text.ts';
import { InlineMarkdown } from './InlineMarkdown.tsx';
import { ownTokens } from './parseMarkdown.ts';
import { ScrollBox } from './ScrollBox.tsx';

/** Paragraphs, lists, quotes, code and tables. A heading is a bold line: a message is no chapter. */
export function BlockMarkdown({ tokens }: { tokens: readonly MarkedToken[] }) {
  return tokens.map((token, index) => <Fragment key={index}>{renderBlock(token)}</Fragment>);
}

function renderBlock(token: MarkedToken) {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'paragraph':
      return (
        <p dir="auto">
          <InlineMarkdown tokens={ownTokens(token.tokens)} />
        </p>
      );
    case 'heading':
      return (
        <p dir="auto" className="font-name">
          <InlineMarkdown tokens={ownTokens(token.tokens)} />
        </p>
      );
    case 'code':
      return (
        <ScrollBox
          label={t('conversation.code')}
          className="rounded-medium border border-line bg-surface-2 px-3 py-2.5"
        >
          <pre className="font-mono text-secondary/5 whitespace-pre">
            <code>{token.text}</code>
          </pre>
        </ScrollBox>
      );
    case 'blockquote':
      return (
        <blockquote className="border-s-2 border-line-strong ps-2 text-muted">
          <BlockMarkdown tokens={ownTokens(token.tokens)} />
        </blockquote>
      );
    case 'list':
      return renderList(token);
    case 'table':
      return renderTable(token);
    case 'hr':
      return <hr className="my-2 border-line" />;
    case 'html':
      return (
        <p dir="auto" className="whitespace-pre-wrap">
          {token.raw.trimEnd()}
        </p>
      );
    case 'br':
    case 'checkbox':
    case 'codespan':
    case 'del':
    case 'em':
    case 'escape':
    case 'image':
    case 'link':
    case 'list_item':
    case 'strong':
    case 'text':
      return <InlineMarkdown tokens={[token]} />;
    default:
      return token satisfies never;
  }
}

function renderList(token: Tokens.List) {
  const items = token.items.map((item, index) => (
    <li key={index} dir="auto">
      <BlockMarkdown tokens={ownTokens(item.tokens)} />
    </li>
  ));
  if (!token.ordered) return <ul className="list-disc ps-5">{items}</ul>;
  return (
    <ol className="list-decimal ps-6" start={token.start === '' ? 1 : token.start}>
      {items}
    </ol>
  );
}

function renderTable(token: Tokens.Table) {
  return (
    <ScrollBox label={t('conversation.table')}>
      <table className="border-collapse text-secondary">
        <thead>
          <tr>{token.header.map((cell, index) => renderCell(cell, index))}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>{row.map((cell, column) => renderCell(cell, column))}</tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function renderCell(cell: Tokens.TableCell, index: number) {
  const Cell = cell.header ? 'th' : 'td';
  return (
    <Cell key={index} dir="auto" className="border border-line px-2 py-1 text-start">
      <InlineMarkdown tokens={ownTokens(cell.tokens)} />
    </Cell>
  );
}

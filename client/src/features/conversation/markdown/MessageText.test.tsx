import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { MessageText } from './MessageText.tsx';

test('HTML of an author is shown as it was written', () => {
  const html = draw('a <img src=x onerror=alert(1)> b\n\n<script>alert(1)</script>');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<script');
});

test('links go to http, https and mailto only, in a place of their own', () => {
  const html = draw('[a](https://e.org/a) [b](javascript:alert(1)) [c](data:text/html,x)');
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(html).toContain('href="https://e.org/a" target="_blank" rel="noopener noreferrer"');
  expect(html).toContain('[b](javascript:alert(1))');
  expect(draw('<ann@example.org>')).toContain('href="mailto:ann@example.org"');
});

test('a picture is a link: nothing is fetched from elsewhere', () => {
  expect(draw('![a boat](https://e.org/boat.png)')).toContain('>a boat</a>');
  expect(draw('![a boat](https://e.org/boat.png)')).not.toContain('<img');
});

test('emphasis, code, quotes, lists and tables become elements', () => {
  expect(draw('**a** *b* ~~c~~ `d`')).toMatch(/<strong.*<em>b<\/em> <del>c<\/del> <code/);
  expect(draw('```\n<b>\n```')).toMatch(/<pre[^>]*><code>&lt;b&gt;<\/code><\/pre>/);
  expect(draw('> q')).toContain('<blockquote');
  expect(draw('3. x\n4. y')).toContain('start="3"');
  expect(draw('| a |\n|---|\n| b |')).toContain('<td');
  expect(draw('# not a heading of the page')).not.toContain('<h1');
});

test('a line break that was written stays', () => {
  expect(draw('one\ntwo')).toContain('one<br/>two');
});

test('a text beyond the bounds is plain, with its links', () => {
  const html = draw(`${'*a* '.repeat(300)}https://e.org/x.`);
  expect(html).not.toContain('<em>');
  expect(html).toContain('href="https://e.org/x"');
});

function draw(text: string): string {
  return renderToStaticMarkup(<MessageText text={text} />);
}

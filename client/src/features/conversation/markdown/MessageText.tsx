import { BlockMarkdown } from './BlockMarkdown.tsx';
import { parseMarkdown } from './parseMarkdown.ts';
import { PlainText } from './PlainText.tsx';

/** The words of one message. Long words wrap; each paragraph finds its own direction. */
export function MessageText({ text }: { text: string }) {
  const markdown = parseMarkdown(text);
  return (
    <div data-part="text" className="grid min-w-0 gap-0.5 wrap-anywhere">
      {markdown === undefined ? <PlainText text={text} /> : <BlockMarkdown tokens={markdown} />}
    </div>
  );
}

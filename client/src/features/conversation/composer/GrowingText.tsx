import type { ComponentProps } from 'react';

/** A text area as tall as its words, up to 40 % of the height. */
export function GrowingText(props: ComponentProps<'textarea'>) {
  return (
    <textarea
      {...props}
      rows={1}
      dir="auto"
      className="field-sizing-content max-h-[40dvh] min-h-9 w-full min-w-0 resize-none bg-transparent py-1.75 outline-none wrap-anywhere placeholder:text-muted"
    />
  );
}

/** A rock and its small neighbour above a broken water line; one colour, the text's. */
export function Logo({ className = 'size-6' }: { className?: string }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 32 32"
      className={`shrink-0 ${className}`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path
        d="m4.4 20 3.2-5.4 3.4-1.8 2.8-5.1 3.3-1 2.2 5.7L21 20ZM25.3 20l1.4-3 1.5.6.7 2.4Z"
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="1.75"
      />
      <path d="M3.3 25.8h13.2M21.3 25.8h7.4" fill="none" stroke="currentColor" strokeWidth="2.75" />
    </svg>
  );
}

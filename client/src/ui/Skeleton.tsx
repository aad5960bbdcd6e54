/** Rows in the layout of what is being read from disk; nothing for the first 150 ms. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div aria-hidden className="grid animate-late gap-5 p-5">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex gap-3">
          <span className="size-9 shrink-0 rounded-full bg-surface-3" />
          <span className="grid flex-1 content-center gap-2">
            <span className="h-3 w-1/4 rounded-small bg-surface-3" />
            <span className="h-3 w-3/4 rounded-small bg-surface-2" />
          </span>
        </div>
      ))}
    </div>
  );
}

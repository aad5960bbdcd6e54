export type MarkKind = 'on-device' | 'on-server' | 'read' | 'refused';

const COLOURS: Record<MarkKind, string> = {
  'on-device': 'text-caution',
  'on-server': 'text-muted',
  read: 'text-accent',
  refused: 'text-danger',
};

/** How far something got, in one of several shapes that differ without colour too. */
export function Mark({ kind, label }: { kind: MarkKind; label: string }) {
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className={`inline-block size-4 shrink-0 ${COLOURS[kind]}`}
    >
      <svg
        aria-hidden
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.1"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        {renderShape(kind)}
      </svg>
    </span>
  );
}

function renderShape(kind: MarkKind) {
  switch (kind) {
    case 'on-device':
      return <path d="M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6M10 6.2V10l2.6 1.6" />;
    case 'on-server':
      return <path d="m4.2 10.7 3.8 3.8 7.8-8.8" />;
    case 'read':
      return (
        <>
          <circle cx="10" cy="10" r="7.6" fill="currentColor" stroke="none" />
          <path d="m6.4 10.3 2.5 2.5 4.7-5.3" className="stroke-surface-1" />
        </>
      );
    case 'refused':
      return (
        <>
          <circle cx="10" cy="10" r="7.6" fill="currentColor" stroke="none" />
          <path d="M10 5.9v4.8M10 13.9v.01" className="stroke-surface-1" />
        </>
      );
    default:
      return kind satisfies never;
  }
}

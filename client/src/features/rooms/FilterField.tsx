import { Search } from 'lucide-react';

interface FilterFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Filters at once; Escape empties it. */
export function FilterField({ label, value, onChange }: FilterFieldProps) {
  return (
    <div className="relative flex items-center text-muted">
      <Search
        aria-hidden
        size={20}
        strokeWidth={1.75}
        className="pointer-events-none absolute start-2.5"
      />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || value === '') return;
          event.preventDefault();
          event.stopPropagation();
          onChange('');
        }}
        className="min-h-control w-full min-w-0 rounded-medium border border-line bg-surface-1 ps-10 pe-2.5 text-text placeholder:text-muted"
      />
    </div>
  );
}

import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactElement } from 'react';

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  onSelect: () => void;
  danger?: boolean;
}

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<'button'>>;
  items: readonly MenuItem[];
}

import type { LucideIcon } from 'lucide-react';
import {
  cloneElement,
  lazy,
  Suspense,
  useState,
  type ComponentProps,
  type ReactElement,
} from 'react';

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

const OpenMenu = lazy(async () => {
  const { RadixMenu } = await import('./RadixMenu.tsx');
  return { default: RadixMenu };
});

/** A menu under a button; what it is made of is loaded when it first opens. */
export function Menu({ trigger, items }: MenuProps) {
  const [isWanted, setIsWanted] = useState(false);
  if (!isWanted) {
    const handleClick = () => {
      setIsWanted(true);
    };
    return cloneElement(trigger, {
      'aria-haspopup': 'menu',
      'aria-expanded': false,
      onClick: handleClick,
    });
  }
  return (
    <Suspense fallback={trigger}>
      <OpenMenu trigger={trigger} items={items} />
    </Suspense>
  );
}

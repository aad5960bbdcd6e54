import { cloneElement, lazy, Suspense, useState } from 'react';
import type { MenuProps } from './menuProps.ts';

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

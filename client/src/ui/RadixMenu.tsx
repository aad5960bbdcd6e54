import * as Radix from '@radix-ui/react-dropdown-menu';
import { keepMovedFocus } from './keepMovedFocus.ts';
import type { MenuItem, MenuProps } from './menuProps.ts';

/** Opens at once: it is first shown because its trigger was pressed. */
export function RadixMenu({ trigger, items }: MenuProps) {
  return (
    <Radix.Root defaultOpen modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
          className="z-22 min-w-48 rounded-medium bg-float p-1 shadow-float"
        >
          {items.map((item) => renderItem(item))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function renderItem({ label, icon: Icon, onSelect, danger = false }: MenuItem) {
  return (
    <Radix.Item
      key={label}
      onSelect={onSelect}
      className={`flex min-h-control cursor-default items-center gap-3 rounded-small px-3 outline-none data-highlighted:bg-surface-3 ${danger ? 'text-danger' : ''}`}
    >
      {Icon !== undefined && <Icon aria-hidden size={18} strokeWidth={1.9} />}
      {label}
    </Radix.Item>
  );
}

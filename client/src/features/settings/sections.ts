import {
  Contrast,
  HardDrive,
  Info,
  KeyRound,
  Laptop,
  UserRound,
  type LucideIcon,
} from 'lucide-react';
import type { TextKey } from '../../text/text.ts';

/** The last part of a section's address. */
export type SectionName = 'profile' | 'sessions' | 'password' | 'appearance' | 'storage' | 'about';

interface Section {
  name: SectionName;
  title: TextKey;
  icon: LucideIcon;
}

/** In the order of the list, by what they are about. */
export const SECTION_GROUPS: readonly { title: TextKey; sections: readonly Section[] }[] = [
  {
    title: 'settings.group.you',
    sections: [
      { name: 'profile', title: 'settings.profile', icon: UserRound },
      { name: 'password', title: 'settings.password', icon: KeyRound },
      { name: 'sessions', title: 'settings.sessions', icon: Laptop },
    ],
  },
  {
    title: 'settings.group.app',
    sections: [
      { name: 'appearance', title: 'settings.appearance', icon: Contrast },
      { name: 'storage', title: 'settings.storage', icon: HardDrive },
      { name: 'about', title: 'settings.aboutSkerry', icon: Info },
    ],
  },
];

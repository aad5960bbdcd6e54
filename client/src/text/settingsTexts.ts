import { settings } from './en/settings.ts';
import { addTexts } from './text.ts';

addTexts(settings);

import { outbox } from './en/outbox.ts';
import { addTexts } from './text.ts';

addTexts(outbox);

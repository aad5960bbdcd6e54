import { account } from './en/account.ts';
import { addTexts } from './text.ts';

addTexts(account);

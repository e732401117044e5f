import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WindowControl } from './control.ts';
import type { VsCodeWindow } from './vsCodeWindow.ts';

/** Offers a window to the tests inside it. Pictures go to `pictures`. */
export function windowControl(window: VsCodeWindow, pictures: string): WindowControl {
  return {
    runCommand: (title, ...answers) => window.runCommand(title, ...answers),
    answer: text => window.answer(text),
    refusal: text => window.refusal(text),
    question: (title, text) => window.readQuestion(title, text),
    type: text => window.type(text),
    accept: () => window.accept(),
    press: async (...keys) => {
      for (const key of keys) await window.page.keyboard.press(key);
    },
    pressInView: (title, key) => window.view(title).press(key),
    dismiss: () => window.dismiss(),
    closed: () => window.quickInputClosed(),
    readStatusBar: () => window.readStatusBar(),
    statusBarItem: text => window.readStatusBarItem(text),
    clickStatusBarItem: text => window.statusBarItem(text).first().click(),
    readView: title => window.view(title).readText(),
    readRows: view => window.view(view).readRows(),
    row: (view, text) => window.view(view).readRow(text),
    expandRow: (view, text) => window.view(view).expand(text),
    chooseFromRow: async (view, text, entry) => {
      await window.view(view).chooseFromMenu(text, entry);
    },
    notifications: () => window.readNotifications(),
    notification: text => window.readNotification(text),
    pressButton: text => window.button(text).first().click(),
    useTheme: theme => window.useTheme(theme),
    screenshot: async name => {
      await mkdir(pictures, { recursive: true });
      const path = join(pictures, `${name.replace(/[^\w.-]+/g, '-')}.png`);
      await window.screenshot(path);
      return path;
    },
  };
}

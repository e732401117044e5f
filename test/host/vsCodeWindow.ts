import type { Locator, Page } from 'playwright-core';
import type { PageElement, PageGlobals } from './pageElement.ts';
import { readFirst, ViewPane } from './viewPane.ts';

export type Text = string | RegExp;

export interface StatusBarItem {
  /** `<extension id>.<item id>`. */
  readonly id: string;
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
}

/** An input or a pick that is open. */
export interface Question {
  readonly title: string;
  /** What is in the field. */
  readonly value: string;
  /** What stands under the field: the prompt, or why the value is refused. */
  readonly message: string;
  readonly rows: readonly string[];
}

/** The current VS Code's own names of its default themes, and the class that they put on the workbench. */
const themes = {
  light: { name: 'Light 2026', class: 'vs' },
  dark: { name: 'Dark 2026', class: 'vs-dark' },
} as const;

/**
 * A window of a real VS Code, seen and used as a person does: by what is on the screen, with keys and the mouse. Each
 * method waits until what it needs is there, and rejects after `patience` ms naming what was missing.
 */
export class VsCodeWindow {
  static readonly patience = 30_000;
  readonly page: Page;
  /** What opens this window in a browser; undefined on the desktop. */
  readonly address: string | undefined;

  private constructor(page: Page, address: string | undefined) {
    this.page = page;
    this.address = address;
  }

  static async whenReady(page: Page, address?: string): Promise<VsCodeWindow> {
    page.setDefaultTimeout(VsCodeWindow.patience);
    const window = new VsCodeWindow(page, address);
    await window.#ready();
    return window;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async screenshot(path: string): Promise<void> {
    // Disabled, a transition under way, as of the theme's colours, is at its end.
    await this.page.screenshot({ path, animations: 'disabled' });
  }

  async useTheme(theme: keyof typeof themes): Promise<void> {
    await this.runCommand('Preferences: Color Theme', themes[theme].name);
    await this.page.locator(`.monaco-workbench.${themes[theme].class}`).waitFor();
  }

  /** Runs a command by its whole title in the palette (`MLflow: Log Metric`), and answers what it asks, in turn. */
  async runCommand(title: string, ...answers: readonly string[]): Promise<void> {
    // The palette lists the commands that are there when it opens; while VS Code starts, an extension's come later.
    const deadline = performance.now() + VsCodeWindow.patience;
    for (;;) {
      await this.page.keyboard.press('F1');
      await this.#quickInput.fill(`>${title}`);
      try {
        await this.#takeRow(title);
        break;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await this.dismiss();
      }
    }
    for (const answer of answers) await this.answer(answer);
  }

  /** Types into the input or the pick that is about to open; a pick takes the row that then has the focus. */
  async answer(text: string): Promise<void> {
    await this.#asked();
    await this.#quickInput.fill(text);
    const rows = this.page.locator('.quick-input-list');
    if (await rows.isVisible()) await rows.locator('.monaco-list-row.focused', { hasText: text }).waitFor();
    await this.#quickInput.press('Enter');
  }

  /** Types into the input that is about to open and resolves with its message once it has one: why it refuses the text. */
  async refusal(text: string): Promise<string> {
    await this.#asked();
    await this.#quickInput.fill(text);
    const message = this.page.locator('.quick-input-widget .monaco-inputbox.error, .quick-input-message');
    await message.filter({ visible: true }).first().waitFor();
    return (await this.page.locator('.quick-input-message').innerText()).trim();
  }

  /** Resolves with what is asked once the input or pick with this title is open, and shows `shown` in a row or a message. */
  async readQuestion(title: string, shown = ''): Promise<Question> {
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('.quick-input-title', { hasText: title }).waitFor();
    const below = widget.locator('.quick-input-message, .quick-input-list .monaco-list-row');
    if (shown) await below.filter({ visible: true, hasText: shown }).first().waitFor();
    const text = (part: string) => widget.locator(part).filter({ visible: true }).allInnerTexts();
    const [[shownTitle = ''], [message = ''], rows] = await Promise.all([
      text('.quick-input-title'),
      text('.quick-input-message'),
      text('.quick-input-list .monaco-list-row'),
    ]);
    return {
      title: shownTitle.trim(),
      value: await this.#quickInput.inputValue(),
      message: message.trim(),
      rows: rows.map(row => row.replace(/\s+/g, ' ').trim()),
    };
  }

  /** Types into the input that is open, in place of what is in it, without accepting. */
  async type(text: string): Promise<void> {
    await this.#quickInput.fill(text);
  }

  async accept(): Promise<void> {
    await this.#quickInput.press('Enter');
  }

  /** Resolves when no quick input is open. */
  async quickInputClosed(): Promise<void> {
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** Escape: closes the quick input. */
  async dismiss(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Opens a file of the workspace in an editor. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+P');
    await this.#quickInput.fill(name);
    await this.#quickPickRow(name).click();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  /** Types a line into a new terminal in the panel. */
  async runInTerminal(line: string): Promise<void> {
    await this.runCommand('Terminal: Create New Terminal');
    await this.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await this.page.keyboard.type(`${line}\n`);
  }

  async readStatusBar(): Promise<StatusBarItem[]> {
    return readItems(this.page.locator('.statusbar-item'));
  }

  /** The first item whose text matches, once there is one. */
  async readStatusBarItem(text: Text): Promise<StatusBarItem> {
    return readFirst(this.statusBarItem(text), readItems);
  }

  statusBarItem(text: Text): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** Resolves with the whole text of the notification with this text, once there is one. */
  async readNotification(text: Text): Promise<string> {
    await this.#openNotifications();
    const notification = this.#notifications.filter({ hasText: text }).first();
    await notification.waitFor();
    return (await notification.innerText()).trim();
  }

  /** The whole texts of all notifications. */
  async readNotifications(): Promise<string[]> {
    await this.#openNotifications();
    return this.#notifications.allInnerTexts();
  }

  /** A button with this label, with or without a key binding behind it. */
  button(label: string): Locator {
    return this.page.getByRole('button', { name: new RegExp(`^${literally(label)}(?: \\(.+\\))?$`) });
  }

  /** Opens a container of the side bar. A click on its icon would close it where it is open already. */
  async openContainer(title: string): Promise<void> {
    await this.runCommand(`View: Show ${title}`);
    await this.page.locator('.sidebar .composite.title', { hasText: new RegExp(title, 'i') }).waitFor();
  }

  /** A view of the side bar by its title. Its container must be open. */
  view(title: string): ViewPane {
    return new ViewPane(this.page, title);
  }

  get #notifications(): Locator {
    return this.page.locator('.notification-list-item').filter({ visible: true });
  }

  /** With its smoke test driver, VS Code shows notifications only in their centre. */
  async #openNotifications(): Promise<void> {
    const centre = this.page.locator('.notifications-center');
    if (await centre.isVisible()) return;
    await this.page.locator('[id="status.notifications"]').click();
    await centre.waitFor();
  }

  get #quickInput(): Locator {
    return this.page.locator(quickInputField);
  }

  #quickPickRow(label: string, state = ''): Locator {
    const name = this.page.locator('.label-name', { hasText: new RegExp(`^${literally(label)}$`) });
    return this.page.locator(`.quick-input-list .monaco-list-row${state}`, { has: name }).first();
  }

  /** By the keyboard: the palette's list still moves while it is looked at, and a click would take its neighbour. */
  async #takeRow(label: string): Promise<void> {
    await this.#quickPickRow(label).waitFor({ timeout: VsCodeWindow.patience / 10 });
    const focused = this.#quickPickRow(label, '.focused');
    while (!(await focused.isVisible())) await this.#quickInput.press('ArrowDown');
    await this.#quickInput.press('Enter');
  }

  /**
   * What is asked for next has an empty field, or a prefilled one that is selected; the palette's begins with `>`, and a
   * field just answered is neither.
   */
  async #asked(): Promise<void> {
    await this.page.waitForFunction((selector: string) => {
      const field = (globalThis as unknown as PageGlobals).document.querySelector(selector);
      if (field?.checkVisibility() !== true) return false;
      return field.selectionStart === 0 && field.selectionEnd === field.value?.length;
    }, quickInputField);
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor();
  }
}

async function readItems(items: Locator): Promise<StatusBarItem[]> {
  return items.evaluateAll((elements: PageElement[]) =>
    elements.map(element => ({
      id: element.id,
      text: element.textContent.trim(),
      label: element.getAttribute('aria-label') ?? '',
    })),
  );
}

const quickInputField = '.quick-input-widget .quick-input-box input';

/** For a regular expression that matches this text. */
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

import type { Locator, Page } from 'playwright-core';
import type { PageElement } from './pageElement.ts';

/** A row of a tree, as far as it is in sight. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** 1 at the root. */
  readonly level: number;
  /** undefined for a leaf. */
  readonly expanded: boolean | undefined;
}

/** How long an entry of an open menu may take to be there, in milliseconds. */
const menuPatience = 2000;

/** One view of the side bar: its header, its message or welcome text, and the rows of its tree. */
export class ViewPane {
  readonly pane: Locator;

  constructor(page: Page, title: string) {
    // A view's description stands between the two: "Experiments - sqlite · mlflow.db Section".
    const header = page.locator(`.pane-header[aria-label^="${title} "][aria-label*="Section"]`);
    this.pane = page.locator('.pane', { has: header });
  }

  row(label: string | RegExp): Locator {
    return this.pane.locator('.monaco-list-row').filter({ hasText: label });
  }

  button(text: string): Locator {
    return this.pane.getByRole('button', { name: text, exact: true });
  }

  /** What is written in the view where there are no rows: message, welcome text, buttons. */
  async readText(): Promise<string> {
    return (await this.pane.locator('.pane-body').innerText()).trim();
  }

  async readRows(): Promise<TreeRow[]> {
    return readRows(this.pane.locator('.monaco-list-row'));
  }

  /** The first row that contains the text, once there is one. */
  async readRow(text: string | RegExp): Promise<TreeRow> {
    return readFirst(this.row(text), readRows);
  }

  /** Presses a key in the tree, which gets the focus. */
  async press(key: string): Promise<void> {
    await this.pane.locator('.monaco-list').press(key);
  }

  /** Opens the row's context menu and takes the entry. A menu closes when its row is drawn anew: then it is opened again. */
  async chooseFromMenu(row: string | RegExp, entry: string): Promise<void> {
    // Not by its accessible name, which a key binding is part of.
    const label = this.pane.page().locator('.action-label').getByText(entry, { exact: true });
    const item = this.pane.page().locator('.action-menu-item', { has: label });
    for (;;) {
      await this.row(row).first().click({ button: 'right' });
      try {
        await item.hover({ timeout: menuPatience });
        // By the keyboard: a menu that has just opened ignores the mouse button for a moment.
        await item.press('Enter', { timeout: menuPatience });
        return;
      } catch (error) {
        if (await item.isVisible()) throw error;
      }
    }
  }

  /** Opens the row's children and resolves when at least one is there. */
  async expand(label: string | RegExp): Promise<void> {
    const row = this.row(label).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) !== 'true') await row.locator('.monaco-tl-twistie').click();
    await this.pane
      .locator('.monaco-list-row[aria-expanded="true"]')
      .filter({ hasText: label })
      .first()
      .waitFor();
  }
}

/** Reads the first of what `locator` finds, as soon as it finds any. */
export async function readFirst<T>(locator: Locator, read: (found: Locator) => Promise<T[]>): Promise<T> {
  for (;;) {
    await locator.first().waitFor();
    const [first] = await read(locator.first());
    if (first) return first;
  }
}

async function readRows(rows: Locator): Promise<TreeRow[]> {
  return rows.evaluateAll((elements: PageElement[]) =>
    elements.map(element => {
      const text = (selector: string) => (element.querySelector(selector)?.textContent ?? '').trim();
      const expanded = element.getAttribute('aria-expanded');
      return {
        label: text('.label-name'),
        description: text('.label-description'),
        spoken: element.getAttribute('aria-label') ?? '',
        level: Number(element.getAttribute('aria-level')),
        expanded: expanded === null ? undefined : expanded === 'true',
      };
    }),
  );
}

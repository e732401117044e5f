/** What is read of an element inside the page. The whole DOM's types would let all of our code name browser globals. */
export interface PageElement {
  readonly id: string;
  readonly textContent: string;
  /** Only of an input. */
  readonly value?: string;
  readonly selectionStart?: number;
  readonly selectionEnd?: number;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  checkVisibility(): boolean;
}

/** The globals of the page, for functions that run there. */
export interface PageGlobals {
  readonly document: Pick<PageElement, 'querySelector'>;
}

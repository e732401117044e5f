import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { TreeRow } from './viewPane.ts';
import type { Question, StatusBarItem } from './vsCodeWindow.ts';

/** The name of the environment variable that tells the tests in the extension host where the control listens. */
export const controlVariable = 'RUNLIGHT_TEST_CONTROL';

/** The name of the environment variable with the Python that has MLflow, for tests in the extension host. */
export const pythonVariable = 'RUNLIGHT_TEST_PYTHON';

/** How one test ended. A skipped test counts as a failed one: it shows nothing. */
export interface TestResult {
  readonly title: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly error?: string;
}

/** What a test may ask of the outside: to use its window as a person does, and to say what is on the screen. */
export interface WindowControl {
  /** Runs a command by its whole title in the palette and answers what it asks, in turn. */
  runCommand(title: string, ...answers: readonly string[]): Promise<void>;
  /** Types into the input or the pick that is open and accepts. */
  answer(text: string): Promise<void>;
  /** Types into the input that is open without accepting; resolves with its message. */
  refusal(text: string): Promise<string>;
  /** Resolves with what is asked once the input or pick with this title is open, and shows `text` in a row or a message. */
  question(title: string, text?: string): Promise<Question>;
  /** Types into the input that is open, in place of what is in it, without accepting. */
  type(text: string): Promise<void>;
  accept(): Promise<void>;
  /** Presses keys one after the other, each by Playwright's name, where the focus is. */
  press(...keys: readonly string[]): Promise<void>;
  /** Presses a key in the view's tree, which gets the focus. */
  pressInView(title: string, key: string): Promise<void>;
  /** Closes the quick input. */
  dismiss(): Promise<void>;
  /** Resolves when no quick input is open: the extension has taken the last answer. */
  closed(): Promise<void>;
  readStatusBar(): Promise<StatusBarItem[]>;
  /** Resolves with the item whose text contains `text`, once there is one. */
  statusBarItem(text: string): Promise<StatusBarItem>;
  clickStatusBarItem(text: string): Promise<void>;
  /** The view's message, welcome text and buttons. */
  readView(title: string): Promise<string>;
  readRows(view: string): Promise<TreeRow[]>;
  /** Resolves with the view's first row that contains `text`, once there is one. */
  row(view: string, text: string): Promise<TreeRow>;
  expandRow(view: string, text: string): Promise<void>;
  /** Opens the row's context menu and takes the entry. */
  chooseFromRow(view: string, text: string, entry: string): Promise<void>;
  /** Resolves with the whole text of the notification that contains `text`, once there is one. */
  notification(text: string): Promise<string>;
  /** The whole texts of all notifications. */
  notifications(): Promise<string[]>;
  pressButton(text: string): Promise<void>;
  useTheme(theme: 'light' | 'dark'): Promise<void>;
  /** Saves a picture of the window and resolves with its path. */
  screenshot(name: string): Promise<string>;
}

/** Between the suite's runner inside and the host outside. */
export interface SuiteControl {
  /** 0 at first, and one more after each reload of the window. */
  phase(): Promise<number>;
  report(result: TestResult): Promise<void>;
  /** The last phase's call resolves; after any other the window is reloaded in the middle of it. */
  finishPhase(): Promise<void>;
}

/** What is offered, by name; each object is asked for anew with every call. */
export type ControlTargets = Readonly<Record<string, () => Promise<object> | object>>;

/** Serves the methods of `targets` to local callers as `POST /<target>/<method>`, with the arguments as a JSON array. */
export async function serveControl(targets: ControlTargets): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    void call(targets, request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? null));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function call(
  targets: ControlTargets,
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  try {
    const [, target = '', method = ''] = (request.url ?? '').split('/');
    const object = (await targets[target]?.()) as Record<string, (...args: never[]) => unknown> | undefined;
    if (!object?.[method]) throw new Error(`The control offers no ${target}.${method}.`);
    return { status: 200, body: await object[method](...((await json(request)) as never[])) };
  } catch (error) {
    return { status: 500, body: error instanceof Error ? error.message : String(error) };
  }
}

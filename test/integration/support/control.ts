import { controlVariable, type SuiteControl, type WindowControl } from '../../host/control.ts';

/** Calls the outside (test/host/control.ts). A call rejects with the outside's own message. */
async function call(method: string, args: readonly unknown[]): Promise<unknown> {
  const response = await fetch(`${process.env[controlVariable] ?? ''}/${method}`, {
    method: 'POST',
    body: JSON.stringify(args),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`${method}(${args.map(String).join(', ')}): ${String(body)}`);
  return body;
}

function remote(target: string): unknown {
  const get =
    (_: object, method: string | symbol) =>
    (...args: unknown[]) =>
      call(`${target}/${String(method)}`, args);
  return new Proxy({}, { get });
}

/** The window that the test runs in, as a person sees and uses it. */
export const control = remote('window') as WindowControl;

/** A second window on the same folder, with the extension and without tests; the first call opens it. */
export const secondWindow = remote('secondWindow') as WindowControl;

export const suiteControl = remote('suite') as SuiteControl;

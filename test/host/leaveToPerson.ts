import { once } from 'node:events';
import type { VsCodeWindow } from './vsCodeWindow.ts';

/**
 * Lets the person go on: on the desktop in the window itself, until it is closed; else at its address in their own
 * browser, until Ctrl+C.
 */
export async function leaveToPerson(window: VsCodeWindow): Promise<void> {
  if (window.address === undefined) {
    console.log('The window is yours. Close it to end.');
    await window.page.waitForEvent('close', { timeout: 0 });
    return;
  }
  // Ours would be a second window on the same workspace.
  await window.close();
  console.log(`Go on in your browser, and end with Ctrl+C: ${window.address}`);
  // A handle that keeps this process alive; processGroup.ts ends it with the signal.
  setInterval(() => undefined, 2 ** 30);
  await once(process, 'SIGINT');
}

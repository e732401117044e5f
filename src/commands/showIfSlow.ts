import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Disposable } from '../tracking/events.ts';

/** Milliseconds after which a person wants to see that something goes on, and how far it is. */
const patience = 500;

export interface SlowWork {
  readonly title: string;
  /** Called when the person presses Cancel. */
  readonly cancel: () => void;
  /** Called once progress is shown: `report` replaces the message until what this returns is disposed. */
  readonly watch: (report: (message: string) => void) => Disposable;
}

/** Awaits `work`, in a notification with its progress if it does not end soon. */
export async function showIfSlow<T>(work: Promise<T>, { title, cancel, watch }: SlowWork): Promise<T> {
  const isSlow = await Promise.race([work.then(() => false), delay(patience, true)]);
  if (!isSlow) return work;
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, cancellation) => {
      const subscriptions = [
        cancellation.onCancellationRequested(cancel),
        watch(message => progress.report({ message })),
      ];
      try {
        return await work;
      } finally {
        for (const subscription of subscriptions) subscription.dispose();
      }
    },
  );
}

import * as vscode from 'vscode';
import { messageOf } from '../tracking/validation.ts';
import { sqliteUri, validateTrackingUri } from '../tracking/trackingUri.ts';
import { askText, Pressed } from './ask.ts';
import { readOptions } from './options.ts';
import type { CommandServices } from './services.ts';

export function connectionCommands(services: CommandServices) {
  const { connection, settings, log } = services;

  /** Writes the setting; what another extension has set for this window no longer counts. */
  const use = async (uri: string) => {
    await settings.update('runlight.trackingUri', uri === '' ? undefined : uri);
    await connection.setTrackingUri(undefined);
    const { current } = connection.state;
    return current.kind === 'none' ? undefined : current.uri;
  };

  return {
    /** @returns the tracking URI that is used from now on. */
    'runlight.setTrackingUri': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { uri: 'string' });
      if (options) {
        if (options.uri !== '') validateTrackingUri(options.uri);
        return use(options.uri);
      }
      const uri = await askForUri(services);
      return uri === undefined ? undefined : use(uri);
    },

    /** Opens the store again if need be, and says what it is. Rejects with the reason why it can't be used. */
    'runlight.checkConnection': async (...args: readonly unknown[]) => {
      const options = readOptions(args, {});
      await connection.reconnect();
      const store = await connection.currentStore();
      const { items } = await store.searchExperiments({ maxResults: 1000 });
      const access = await store.access();
      if (!options) {
        const message = vscode.l10n.t('{0} answers, with {1} experiments.', store.uri, items.length);
        void vscode.window.showInformationMessage(access.writable ? message : `${message} ${access.reason}`);
      }
      return { uri: store.uri, writable: access.writable };
    },

    'runlight.showLog': () => log.show(),
  };
}

/** '' for MLflow's own default. */
async function askForUri({ connection, settings }: CommandServices): Promise<string | undefined> {
  const chooseFile: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('folder-opened'),
    tooltip: vscode.l10n.t('Choose a Database File…'),
  };
  const { current } = connection.state;
  const answer = await askText({
    title: vscode.l10n.t('Set Tracking URI'),
    value: settings.get('runlight.trackingUri'),
    placeholder: current.kind === 'none' ? 'sqlite:///mlflow.db' : current.uri,
    prompt: vscode.workspace.isTrusted
      ? vscode.l10n.t('Empty for the default: MLFLOW_TRACKING_URI, else mlflow.db in this folder')
      : vscode.l10n.t('This workspace is in Restricted Mode: the URI goes to your user settings.'),
    validate: uri => (uri === '' ? undefined : messageOf(() => validateTrackingUri(uri))),
    buttons: [chooseFile],
  });
  if (!(answer instanceof Pressed)) return answer;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a Database File'),
      filters: {
        [vscode.l10n.t('MLflow databases')]: ['db', 'sqlite', 'sqlite3'],
        [vscode.l10n.t('All files')]: ['*'],
      },
    })) ?? [];
  return file && sqliteUri(file.fsPath);
}
